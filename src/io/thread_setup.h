// What every thread of io does first.
#pragma once

#include <string>

namespace lapis::io {

// Names the calling thread and keeps signals away from it: main handles them. `background` gives it
// low processor and disk priority where the system permits.
void set_up_thread(const std::string& name, bool background);

}  // namespace lapis::io
