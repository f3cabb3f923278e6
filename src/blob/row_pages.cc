#include "blob/row_pages.h"

namespace lapis::blob {
namespace {

constexpr std::size_t kPageRows = 512;
constexpr std::size_t kPageBytes = 4 << 20;

Result<RowPage> read(storage::MetaSnapshot& snapshot, const std::string& first,
                     const std::string& last) {
  RowPage page;
  const auto cursor = snapshot.scan(first, last);
  for (std::size_t bytes = 0; cursor->valid(); cursor->next()) {
    if (page.size() == kPageRows || bytes >= kPageBytes) return page;
    bytes += cursor->key().size() + cursor->value().size();
    page.push_back({std::string(cursor->key()), std::string(cursor->value())});
  }
  LAPIS_TRY_VOID(cursor->status());
  return page;
}

}  // namespace

io::Task<Result<RowPage>> read_page(Service& service, std::string first, std::string last) {
  const auto snapshot = service.meta.snapshot();
  auto job = [&] { return read(*snapshot, first, last); };
  co_return co_await service.blocking.run(std::move(job));
}

std::string after(const RowPage& page) { return page.back().key + '\0'; }

}  // namespace lapis::blob
