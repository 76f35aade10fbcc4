// libsndfile numbers Ogg streams at random and cannot be told otherwise; this makes the number, and so the file,
// repeatable.
#pragma once

#include <cstdint>
#include <vector>

namespace demo {

// Rewrites the serial number and the checksum of every page of a whole Ogg file (RFC 3533, section 6).
void set_ogg_serial(std::vector<unsigned char>& bytes, std::uint32_t serial);

}  // namespace demo
