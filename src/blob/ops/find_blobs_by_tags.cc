#include "lapis/blob/ops/find_blobs_by_tags.h"

#include <algorithm>
#include <utility>

#include "blob/records.h"
#include "blob/tag_search.h"

namespace lapis::blob {
namespace {

class Finder {
 public:
  Finder(storage::MetaSnapshot& snapshot, const FindBlobsByTags& request, std::size_t rows)
      : snapshot_(snapshot), request_(request), visits_left_(rows) {}

  Result<FindBlobsByTagsResult> run() {
    const auto& only = request_.query.container;
    if (only) {
      LAPIS_TRY_VOID(look_in_one(*only));
    } else {
      LAPIS_TRY_VOID(look_in_all());
    }
    return std::move(result_);
  }

 private:
  Result<void> look_in_one(const std::string& name) {
    LAPIS_TRY(const auto row, snapshot_.get(container_name_key(request_.account, name)));
    if (!row) {
      return request_.container_must_exist ? fail(ErrorCode::kContainerNotFound) : Result<void>();
    }
    LAPIS_TRY(const ContainerRecord container, decode_container(*row));
    return look_in(name, container.id);
  }

  Result<void> look_in_all() {
    const std::string account = account_prefix(request_.account);
    const std::string first = request_.start ? account + request_.start->container : account;
    const auto cursor = snapshot_.scan(first, prefix_end(account));
    for (; cursor->valid(); cursor->next()) {
      const auto name = parse_container_name_key(cursor->key());
      if (!name) return fail(ErrorCode::kInternalError, "container name key is damaged");
      if (visits_left_ == 0 || result_.items.size() == request_.max_results) {
        result_.next = FindPosition{std::string(*name), {}, {}};
        return {};
      }
      --visits_left_;
      LAPIS_TRY(const ContainerRecord container, decode_container(cursor->value()));
      LAPIS_TRY_VOID(look_in(std::string(*name), container.id));
      if (result_.next) return {};
    }
    return cursor->status();
  }

  Result<void> look_in(const std::string& container, ContainerId id) {
    TagSearch search{snapshot_, id, request_.query, std::nullopt, visits_left_};
    const auto& start = request_.start;
    if (start && start->container == container) {
      search.start = TagPosition{start->value, start->name};
    }
    const auto take = [&](std::string_view name, const BlobProperties& properties) {
      if (result_.items.size() == request_.max_results) return false;
      result_.items.push_back({container, std::string(name), shown(properties.tags)});
      return true;
    };
    LAPIS_TRY(auto searched, search_tags(search, take));
    visits_left_ -= std::min(visits_left_, searched.visited);
    if (auto& next = searched.next) {
      result_.next = {container, std::move(next->value), std::move(next->name)};
    }
    return {};
  }

  Tags shown(const Tags& all) const {
    Tags tags;
    for (const TagRange& range : request_.query.ranges) {
      tags.emplace_back(range.key, *find_tag(all, range.key));
    }
    return tags;
  }

  storage::MetaSnapshot& snapshot_;
  const FindBlobsByTags& request_;
  std::size_t visits_left_;
  FindBlobsByTagsResult result_;
};

}  // namespace

io::Task<Result<FindBlobsByTagsResult>> find_blobs_by_tags(Service& service,
                                                           FindBlobsByTags request) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return Finder(*snapshot, request, service.limits.list_rows_visited).run(); };
  co_return co_await service.blocking.run(std::move(job));
}

}  // namespace lapis::blob
