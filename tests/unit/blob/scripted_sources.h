// ScriptedSources: sources of copies that answer what a test says.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "lapis/blob/copy_source.h"
#include "support/blob_harness.h"

namespace lapis::test {

// One source, whatever the URL, read as often as it is opened. On one thread.
class ScriptedSources final : public blob::CopySources {
 public:
  std::optional<std::string> content;  // nothing: nobody may ask for a source
  blob::SourceProperties properties;   // but for the length
  std::optional<Error> refusal;        // instead of any answer
  bool busy = false;
  bool stopping = false;
  std::optional<std::uint64_t> claims;       // a length that is not the content's
  std::function<void()> while_read = [] {};  // before each piece
  int opened = 0;
  int taken = 0, held = 0;  // turns
  int aborted = 0;

  io::Task<Result<std::unique_ptr<blob::CopyTurn>>> take_turn() override {
    if (busy) co_return fail(ErrorCode::kServerBusy);
    ++taken;
    ++held;
    co_return std::make_unique<Turn>(*this);
  }

  io::Task<Result<std::unique_ptr<blob::CopySource>>> open(blob::SourceRequest) override {
    ++opened;
    if (refusal) co_return fail(*refusal);
    if (!content) co_return fail(ErrorCode::kInternalError, "no source may be asked");
    co_return std::make_unique<Source>(*this);
  }

 private:
  struct Turn final : blob::CopyTurn {
    explicit Turn(ScriptedSources& from) : sources(from) {}
    ~Turn() override { --sources.held; }
    Result<void> check() const override {
      if (sources.stopping) return fail(ErrorCode::kServerBusy);
      return {};
    }
    ScriptedSources& sources;
  };

  class Source final : public blob::CopySource, io::ByteSource {
   public:
    explicit Source(ScriptedSources& from)
        : from_(from), properties_(from.properties), text_(*from.content) {
      properties_.length = from.claims.value_or(from.content->size());
    }
    const blob::SourceProperties& properties() const override { return properties_; }
    io::ByteSource& body() override { return *this; }
    void abort() override { ++from_.aborted; }
    std::uint64_t remaining() const override { return text_.remaining(); }
    io::Task<Result<std::size_t>> read(MutableBytes into) override {
      from_.while_read();
      co_return co_await text_.read(into);
    }

   private:
    ScriptedSources& from_;
    blob::SourceProperties properties_;
    TextSource text_;
  };
};

}  // namespace lapis::test
