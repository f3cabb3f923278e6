// What answers and listings tell of the copy that made a blob.
#pragma once

#include "azure/xml/xml_writer.h"
#include "lapis/blob/types.h"
#include "lapis/http/message.h"

namespace lapis::azure {

inline constexpr std::uint32_t kTellsCopies = 20120212;

void add_copy_headers(http::Headers& headers, const blob::CopyProperties& copy);

// The elements of a listing's Properties.
void write_copy(XmlWriter& xml, const blob::CopyProperties& copy);

}  // namespace lapis::azure
