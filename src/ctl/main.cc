#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "ctl/program.h"

int main(int argc, char** argv) {
  try {
    const lapis::SystemClock clock;
    const lapis::ctl::Environment environment{std::cin, std::cout, std::cerr, clock, LAPIS_VERSION};
    return lapis::ctl::run(std::vector<std::string>(argv + 1, argv + argc), environment);
  } catch (const std::exception& error) {
    std::cerr << "lapis: " << error.what() << "\n";
    return lapis::ctl::kFailed;
  }
}
