// Tags in answers: <Tags><TagSet><Tag><Key/><Value/></Tag>…</TagSet></Tags>.
#pragma once

#include "azure/xml/xml_writer.h"
#include "lapis/blob/types.h"

namespace lapis::azure {

void write_tags(XmlWriter& xml, const blob::Tags& tags);

}  // namespace lapis::azure
