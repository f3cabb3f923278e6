// Where work runs: a shard in production, a hand-cranked queue in tests.
#pragma once

#include <functional>

namespace lapis::io {

using Work = std::move_only_function<void()>;

class Executor {
 public:
  virtual ~Executor() = default;
  // Runs `work` on the executor's thread, after the current work. Thread-safe. Work posted after
  // the executor has stopped is destroyed unrun.
  virtual void post(Work work) = 0;

  // The executor whose thread this is; null on any other thread. Awaitables that leave the thread
  // resume on the executor they were awaited on.
  static Executor* current();

 protected:
  // Marks this thread as the executor's for the life of the object.
  class Scope {
   public:
    explicit Scope(Executor& executor);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Executor* previous_;
  };
};

}  // namespace lapis::io
