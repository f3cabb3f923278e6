// When a blob's data was read or written last, where its account keeps that: of block blobs only.
// Whatever moves Last-Modified moves it along. Of reads, those of the content count, and of these
// the first in 24 hours, so that a blob is written for them once a day at most; Get Blob
// Properties, metadata, tags and listings are none. (docs/decisions/0034-last-access-time.md)
#pragma once

#include <optional>
#include <string_view>

#include "lapis/blob/service.h"

namespace lapis::blob {

// Whether a read at `now` counts. A time far ahead is one of a clock that was wrong.
bool is_access_due(const std::optional<Timestamp>& last, Timestamp now);

// What the account's clients are told: nothing where the account does not keep it now, whatever the
// record says. Takes no lock and allocates nothing.
std::optional<Timestamp> told_last_access(const Service& service, std::string_view account,
                                          const BlobProperties& properties);

// That content of a state is read, to be written later where it counts; what is told of it, which
// is as it was before. `key`: its account and name are taken.
std::optional<Timestamp> note_read(Service& service, ContainerId container, const BlobKey& key,
                                   const BlobProperties& properties);

}  // namespace lapis::blob
