#include "lapis/io/executor.h"

#include <utility>

namespace lapis::io {
namespace {
thread_local Executor* current_executor = nullptr;
}

Executor* Executor::current() { return current_executor; }

Executor::Scope::Scope(Executor& executor)
    : previous_(std::exchange(current_executor, &executor)) {}

Executor::Scope::~Scope() { current_executor = previous_; }

}  // namespace lapis::io
