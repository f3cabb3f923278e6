// The document of Get and Set Blob Service Properties: <StorageServiceProperties>.
#pragma once

#include <string>
#include <string_view>

#include "lapis/azure/version.h"
#include "lapis/base/result.h"
#include "lapis/blob/service_properties.h"

namespace lapis::azure {

// What a document of `version` sets. Errors: kInvalidXmlDocument (also for a number of retention
// days that is missing or not 1 to 365), kUnsupportedXmlNode (also for what came later than the
// version), kMissingRequiredXmlNode, kInvalidXmlNodeValue; and, where all of it is valid,
// kNotImplemented with XmlNodeName for what Lapis cannot honour: logging, metrics, CORS rules, soft
// delete, a static website. Their disabled forms are taken.
Result<blob::ServicePropertiesChange> parse_service_properties(std::string_view xml,
                                                               ServiceVersion version);

// What is in force, as `version` shows it.
std::string service_properties_xml(const blob::ServiceProperties& properties,
                                   ServiceVersion version);

}  // namespace lapis::azure
