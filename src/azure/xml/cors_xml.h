// The element Cors of service properties: its rules, held against Azure's limits.
// Source: REST "Set Blob Service Properties", "CORS support for the Azure Storage services".
#pragma once

#include "azure/xml/xml_document.h"

namespace lapis::azure {

// How many rules it holds, each of them valid. Errors: kInvalidXmlDocument (more than five, more
// than 2 KiB in all), kMissingRequiredXmlNode, kUnsupportedXmlNode, kInvalidXmlNodeValue (no
// origin,
// "*" beside other origins, a method that the service does not have, a value that is too long, too
// many values, an age that is none).
Result<std::size_t> check_cors_rules(const XmlDocument& document, pugi::xml_node cors);

}  // namespace lapis::azure
