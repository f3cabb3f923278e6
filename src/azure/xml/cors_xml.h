// The element Cors of service properties: its rules, held against Azure's limits.
// Source: REST "Set Blob Service Properties", "CORS support for the Azure Storage services".
#pragma once

#include <vector>

#include "azure/xml/xml_document.h"
#include "azure/xml/xml_writer.h"
#include "lapis/blob/cors_rule.h"

namespace lapis::azure {

// In their order. Errors: kInvalidXmlDocument (more than five, more than 2 KiB in all),
// kMissingRequiredXmlNode, kUnsupportedXmlNode, kInvalidXmlNodeValue (no origin, "*" beside other
// origins, a method that the service does not have, a value that is too long, too many values, an
// age that is none).
Result<std::vector<blob::CorsRule>> parse_cors_rules(const XmlDocument& document,
                                                     pugi::xml_node cors);

void write_cors_rules(XmlWriter& xml, const std::vector<blob::CorsRule>& rules);

}  // namespace lapis::azure
