// Put Page From URL. https://learn.microsoft.com/rest/api/storageservices/put-page-from-url
#pragma once

#include "lapis/blob/copy_source.h"
#include "lapis/blob/ops/put_page.h"

namespace lapis::blob {

struct PutPageFromUrl {
  PutPage page;          // its hashes are those of the source
  SourceRequest source;  // its range is as long as the pages'
};

// Writes what the source holds. What can be refused before the source is asked is. Completion means
// durable. Errors: those of Put Page, with kTargetConditionNotMet for kConditionNotMet, and of the
// source; kInvalidRange (the source ends within its range).
io::Task<Result<PutPageResult>> put_page_from_url(Service& service, PutPageFromUrl request,
                                                  CopySources& sources);

}  // namespace lapis::blob
