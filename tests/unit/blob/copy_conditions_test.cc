// What a copy may do: the conditions of both sides, leases, types and the archive, in tables, for
// every way that a copy is made.
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "blob/lookup.h"
#include "blob/records.h"
#include "lapis/blob/ops/copy_blob.h"
#include "lapis/blob/ops/copy_blob_from_url.h"
#include "lapis/blob/ops/lease_blob.h"
#include "lapis/blob/ops/put_blob_from_url.h"
#include "lapis/blob/ops/set_blob_tier.h"
#include "unit/blob/scripted_sources.h"

namespace lapis::blob {
namespace {

using test::BlobHarness;
using test::key_of;
using test::pattern;
using test::ScriptedSources;
using Arrange = std::function<void(BlobHarness&)>;

const LeaseId kId = LeaseId::make();
const Conditions kUnmetTag{.if_match = EtagCondition{false, {"x"}}};
const Conditions kAny{.if_match = EtagCondition{true, {}}};
const Conditions kNotAny{.if_none_match = EtagCondition{true, {}}};
const Conditions kSinceFuture{.if_modified_since = Timestamp(std::chrono::days(40'000))};
const Conditions kUntilPast{.if_unmodified_since = Timestamp(std::chrono::days(1))};
const Conditions kUnmetTags{.if_tags =
                                TagExpression{{TagComparison{"k", TagOperator::kEqual, "w"}}}};
const Conditions kMetTags{.if_tags = TagExpression{{TagComparison{"k", TagOperator::kEqual, "v"}}}};

// Containers box and crate; in both a source "a", of 5000 bytes; in box "b", which holds "before".
void fill(BlobHarness& harness) {
  ASSERT_TRUE(harness.run(create_container(harness.service, {{"acct", "crate"}, {}})));
  PutBlob blob;
  blob.tags = {{"k", "v"}};
  for (const char* container : {"box", "crate"}) {
    blob.key = {"acct", container, "a"};
    ASSERT_TRUE(harness.put(blob, pattern(5000, 1)));
  }
  blob.key = key_of("b");
  ASSERT_TRUE(harness.put(blob, "before"));
}

Arrange lease(std::optional<std::chrono::seconds> duration) {
  return [duration](BlobHarness& harness) {
    LeaseBlob request;
    request.key = key_of("b");
    request.action.kind = LeaseAction::Kind::kAcquire;
    request.action.proposed = kId;
    request.action.duration = duration;
    ASSERT_TRUE(harness.run(lease_blob(harness.service, std::move(request))));
  };
}

Arrange archive(const std::string& name) {
  return [name](BlobHarness& harness) {
    for (const char* container : {"box", "crate"}) {
      if (name == "b" && std::string_view(container) == "crate") continue;
      SetBlobTier request;
      request.key = {"acct", container, name};
      request.tier = AccessTier::kArchive;
      ASSERT_TRUE(harness.run(set_blob_tier(harness.service, std::move(request))));
    }
  };
}

// As if an operation that makes such blobs had made it.
Arrange retype(const std::string& name, BlobType type) {
  return [name, type](BlobHarness& harness) {
    for (const char* container : {"box", "crate"}) {
      if (name == "b" && std::string_view(container) == "crate") continue;
      const BlobKey key{"acct", container, name};
      const auto found = harness.run(find_container(harness.service, key));
      ASSERT_TRUE(found);
      const ContainerId id = (*found)->id;
      const auto change = [&](storage::MetaView& view) -> Result<void> {
        LAPIS_TRY(const auto row, view.get(blob_key(id, name)));
        LAPIS_TRY(BlobRecord blob, decode_blob(*row));
        blob.properties.type = type;
        if (type == BlobType::kPage) {
          blob.body = {};
          blob.body.pages = {PageMapId{view.next_id()}, 1, 0};
        }
        view.put(blob_key(id, name), encode_blob(blob.properties, encode_body(blob.body)));
        return {};
      };
      ASSERT_TRUE(harness.run(harness.meta.transact({id}, change)));
    }
  };
}

const Arrange kNothing = [](BlobHarness&) {};

struct Rule {
  std::string name;
  std::string expected;  // Azure's code, or "ok"
  Arrange arrange = kNothing;
  std::function<void(CopyBlob&)> change = [](CopyBlob&) {};
};

std::function<void(CopyBlob&)> source_is(const char* container, const char* name) {
  return [container, name](CopyBlob& request) {
    if (container != nullptr) request.local->container = container;
    request.local->name = name;
  };
}

std::function<void(CopyBlob&)> if_source(const Conditions& conditions) {
  return [&conditions](CopyBlob& request) { request.source.conditions = conditions; };
}

std::function<void(CopyBlob&)> if_target(const Conditions& conditions) {
  return [&conditions](CopyBlob& request) { request.blob.conditions = conditions; };
}

std::function<void(CopyBlob&)> in_tier(AccessTier tier) {
  return [tier](CopyBlob& request) { request.blob.tier = tier; };
}

void with_lease(CopyBlob& request) { request.blob.lease = kId; }

const Rule kRules[] = {
    {"Plain", "ok"},
    {"SourceMissing", "BlobNotFound", kNothing, source_is(nullptr, "none")},
    {"SourceContainerMissing", "BlobNotFound", kNothing, source_is("none", "a")},
    {"SourceArchived", "BlobArchived", archive("a")},
    {"SourceArchivedFor", "BlobArchived", archive("a"), in_tier(AccessTier::kArchive)},
    {"SourceLeavesTheArchive", "ok", archive("a"), in_tier(AccessTier::kCool)},
    {"SourceAppend", "InvalidBlobType", retype("a", BlobType::kAppend)},  // over a block blob
    {"SourcePage", "InvalidBlobType", retype("a", BlobType::kPage)},
    {"SourceMatch", "SourceConditionNotMet", kNothing, if_source(kUnmetTag)},
    {"SourceNoneMatch", "SourceConditionNotMet", kNothing, if_source(kNotAny)},
    {"SourceModified", "SourceConditionNotMet", kNothing, if_source(kSinceFuture)},
    {"SourceUnmodified", "SourceConditionNotMet", kNothing, if_source(kUntilPast)},
    {"SourceTags", "SourceConditionNotMet", kNothing, if_source(kUnmetTags)},
    {"SourceMatchMet", "ok", kNothing, if_source(kAny)},
    {"SourceTagsMet", "ok", kNothing, if_source(kMetTags)},
    {"TargetContainerMissing", "ContainerNotFound", kNothing,
     [](CopyBlob& request) { request.blob.key.container = "none"; }},
    {"TargetMatch", "TargetConditionNotMet", kNothing, if_target(kUnmetTag)},
    {"TargetExists", "BlobAlreadyExists", kNothing, if_target(kNotAny)},
    {"TargetModified", "TargetConditionNotMet", kNothing, if_target(kSinceFuture)},
    {"TargetUnmodified", "TargetConditionNotMet", kNothing, if_target(kUntilPast)},
    {"TargetTags", "TargetConditionNotMet", kNothing, if_target(kUnmetTags)},
    {"TargetTagsMet", "ok", kNothing, if_target(kMetTags)},
    {"TargetArchived", "BlobArchived", archive("b")},
    {"TargetAppend", "InvalidBlobType", retype("b", BlobType::kAppend)},
    {"TargetPage", "InvalidBlobType", retype("b", BlobType::kPage)},
    {"TargetMayNotBeOverwritten", "UnauthorizedBlobOverwrite", kNothing,
     [](CopyBlob& request) { request.blob.may_overwrite = false; }},
    {"LeaseWithoutId", "LeaseIdMissing", lease({})},
    {"LeaseOfAnother", "LeaseIdMismatchWithBlobOperation", lease({}),
     [](CopyBlob& request) { request.blob.lease = LeaseId::make(); }},
    {"LeaseThatEnds", "InfiniteLeaseDurationRequired", lease(std::chrono::seconds(60)), with_lease},
    {"LeaseWithoutEnd", "ok", lease({}), with_lease},
    {"LeaseThatIsNone", "LeaseNotPresentWithBlobOperation", kNothing, with_lease},
    {"TargetBeforeSource", "TargetConditionNotMet", kNothing,
     [](CopyBlob& request) {
       request.source.conditions = kUnmetTag;
       request.blob.conditions = kUnmetTag;
     }},
};

std::string outcome(const auto& result) {
  return result ? "ok" : std::string(info(result.error().code).azure_code);
}

// Within the container, where the body is shared, and from another, where it is read and written.
class CopyRules : public testing::TestWithParam<std::tuple<const char*, Rule>> {};

TEST_P(CopyRules, AnswerAndChangeNothingWhereItFails) {
  const auto& [container, rule] = GetParam();
  BlobHarness harness;
  fill(harness);
  rule.arrange(harness);
  const auto before = harness.rows.rows();
  const auto held = harness.chunks.held_bytes();
  CopyBlob request;
  request.blob.key = key_of("b");
  request.local = BlobKey{"acct", container, "a"};
  rule.change(request);
  ScriptedSources sources;
  const auto result = harness.run(copy_blob(harness.service, std::move(request), sources));
  EXPECT_EQ(outcome(result), rule.expected);
  EXPECT_EQ(sources.opened, 0) << "what lies here is not asked for";
  if (result) {
    EXPECT_EQ(harness.get("b"), pattern(5000, 1));
  } else {
    EXPECT_EQ(harness.rows.rows(), before);
    EXPECT_EQ(harness.chunks.held_bytes(), held);
  }
}

std::string name_of(const testing::TestParamInfo<CopyRules::ParamType>& tested) {
  return std::string("From_") + std::get<0>(tested.param) + "_" + std::get<1>(tested.param).name;
}

INSTANTIATE_TEST_SUITE_P(Rules, CopyRules,
                         testing::Combine(testing::Values("box", "crate"),
                                          testing::ValuesIn(kRules)),
                         name_of);

// What a source elsewhere answers, and what comes of it: of Copy Blob, Copy Blob From URL and Put
// Blob From URL.
struct Answer {
  std::string name;
  std::function<void(ScriptedSources&)> arrange;
  std::array<std::string, 3> expected;
};

Error refusal(int status) {
  Error error{ErrorCode::kCannotVerifyCopySource};
  error.sent_status = status;
  return error;
}

std::function<void(ScriptedSources&)> refuses(Error error) {
  return [error](ScriptedSources& sources) { sources.refusal = error; };
}

std::function<void(ScriptedSources&)> is(std::optional<BlobType> type) {
  return [type](ScriptedSources& sources) { sources.properties.type = type; };
}

const std::string kNoSource = "CannotVerifyCopySource";
const std::string kNoType = "InvalidSourceBlobType";
const Answer kAnswers[] = {
    {"NoBlob", is({}), {"ok", "ok", "ok"}},
    {"BlockBlob", is(BlobType::kBlock), {"ok", "ok", "ok"}},
    {"AppendBlob", is(BlobType::kAppend), {"InvalidBlobType", kNoType, "ok"}},
    {"PageBlob", is(BlobType::kPage), {kNoType, kNoType, "ok"}},
    {"NotFound", refuses(refusal(404)), {kNoSource, kNoSource, kNoSource}},
    {"NotMet", refuses(refusal(412)), {"SourceConditionNotMet", kNoSource, kNoSource}},
    {"NotModified", refuses(refusal(304)), {"SourceConditionNotMet", kNoSource, kNoSource}},
    {"Busy", refuses(Error{ErrorCode::kServerBusy}), {"ServerBusy", "ServerBusy", "ServerBusy"}},
    {"MetadataOfNoBlob",
     [](ScriptedSources& sources) {
       sources.properties.metadata = fail(ErrorCode::kInvalidMetadata);
     },
     {"InvalidMetadata", "InvalidMetadata", "InvalidMetadata"}},
};

class SourceAnswers : public testing::TestWithParam<Answer> {};

TEST_P(SourceAnswers, DecideWhatComesOfACopy) {
  for (std::size_t operation = 0; operation < 3; ++operation) {
    SCOPED_TRACE(operation);
    BlobHarness harness;
    fill(harness);
    const auto before = harness.rows.rows();
    ScriptedSources sources;
    sources.content = "content";
    GetParam().arrange(sources);
    PutBlob blob;
    blob.key = key_of("b");
    std::string got;
    if (operation == 0) {
      got = outcome(harness.run(copy_blob(harness.service, {blob, {}, {}, {}}, sources)));
    } else if (operation == 1) {
      got = outcome(harness.run(copy_blob_from_url(harness.service, {blob, {}}, sources)));
    } else {
      PutBlobFromUrl request;
      request.blob = blob;
      request.max_length = 100;
      got = outcome(harness.run(put_blob_from_url(harness.service, std::move(request), sources)));
    }
    EXPECT_EQ(got, GetParam().expected[operation]);
    EXPECT_EQ(sources.opened, 1);
    if (got == "ok") {
      EXPECT_EQ(harness.get("b"), "content");
    } else {
      EXPECT_EQ(harness.rows.rows(), before);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Answers, SourceAnswers, testing::ValuesIn(kAnswers),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace lapis::blob
