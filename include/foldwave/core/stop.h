// The one flag that says "save and go": raised by a signal or a deadline, read by every loop that can take long.
#pragma once

namespace foldwave {

class StopFlag {
 public:
  static void raise_on_signals();  // SIGTERM, SIGINT, SIGUSR2; the handler only sets the flag
  static void raise();
  static bool raised();
  static bool by_signal();                       // somebody wants all ranks to stop, not this one alone
  static void raise_by_signal();                 // that came to another rank
  static void set_deadline(double monotonic_s);  // raised() from then on; 0: none
  static bool has_deadline();
  static double seconds_left();      // until the deadline; infinite where there is none
  static void work_begins();         // what launches are for, behind all that each of them does anew
  static double seconds_for_work();  // from the first of these, or from now, to the deadline
};

}  // namespace foldwave
