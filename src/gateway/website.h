// The account's website: what a visitor's request asks of the blobs of $web.
// Source: REST "Set Blob Service Properties"; "Static website hosting in Azure Storage".
#pragma once

#include <string>
#include <string_view>

#include "lapis/base/clock.h"
#include "lapis/base/random.h"
#include "lapis/blob/service_properties.h"
#include "lapis/http/message.h"

namespace lapis::gateway {

// The blob behind a path of the website; empty where there is none: a directory without an index.
std::string page_of(const blob::StaticWebsite& website, std::string_view path);

// The blob that is shown for what is not there; empty where there is none.
std::string_view error_page_of(const blob::StaticWebsite& website);

// What the operation that reads a page gets to see of a visitor's request: the method, the host
// and, where they count, a range and conditions. Nothing else of it means anything here. An error
// page, for which they do not, leaves no trace beside that of what was asked for.
http::Request page_request(const http::Request& visit, bool conditions_count);

// The answer where not even an error page is there. `with_body`: false for HEAD.
http::Response no_page(const Guid& request_id, Timestamp now, bool with_body);

}  // namespace lapis::gateway
