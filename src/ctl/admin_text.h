// The answers of the admin socket as text for people.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lapis::ctl {

std::string status_text(const nlohmann::json& status);
std::string pools_text(const nlohmann::json& answer);
std::string tier_text(const nlohmann::json& answer);
std::string scrub_text(const nlohmann::json& answer);
// What fsck found, first; then what it looked at.
std::string fsck_text(const nlohmann::json& report);
// Of any answer: its members, nested ones indented. A member named ..._bytes is shown as a size.
std::string members_text(const nlohmann::json& answer);

}  // namespace lapis::ctl
