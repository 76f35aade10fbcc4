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
  static double seconds_left();   // until the deadline; infinite where there is none
  static double seconds_given();  // from when the first was set to the one that holds: a launch's whole time
};

}  // namespace foldwave
