#include "azure/xml/tags_xml.h"

namespace lapis::azure {

void write_tags(XmlWriter& xml, const blob::Tags& tags) {
  xml.open("Tags");
  xml.open("TagSet");
  for (const auto& [key, value] : tags) {
    xml.open("Tag");
    xml.element("Key", key);
    xml.element("Value", value);
    xml.close("Tag");
  }
  xml.close("TagSet");
  xml.close("Tags");
}

}  // namespace lapis::azure
