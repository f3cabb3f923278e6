// Errors that name the header or parameter at fault, with the elements Azure puts behind Message.
#pragma once

#include <string>
#include <string_view>

#include "lapis/base/error.h"

namespace lapis::azure {

Error invalid_header(std::string_view name, std::string_view value);
Error missing_header(std::string_view name);
Error unsupported_header(std::string_view name);

// `reason` is sent to the client; empty leaves the element out.
Error invalid_parameter(std::string_view name, std::string_view value, std::string_view reason);
Error missing_parameter(std::string_view name);
Error unsupported_parameter(std::string_view name);

// An element of a request's document.
Error invalid_xml_node(std::string_view name, std::string_view value, std::string_view reason);
Error missing_xml_node(std::string_view name);
Error unsupported_xml_node(std::string_view name);
// 501 for an element that asks for what is not built.
Error xml_node_not_implemented(std::string_view name);

// 501 for an operation of Azure's that is not built; the answer carries its name.
Error not_implemented(std::string_view operation);

// 403 with the element that tells what was wrong with the credential.
Error authentication_failed(const std::string& detail);

}  // namespace lapis::azure
