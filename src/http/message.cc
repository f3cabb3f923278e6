#include "lapis/http/message.h"

#include <algorithm>

#include "http/ascii.h"

namespace lapis::http {

bool iequals(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

Header& Headers::next_field() {
  if (count_ == fields_.size()) fields_.emplace_back();
  return fields_[count_++];
}

void Headers::add(std::string name, std::string value) {
  Header& field = next_field();
  field.name = std::move(name);
  field.value = std::move(value);
}

void Headers::add_copy(std::string_view name, std::string_view value) {
  Header& field = next_field();
  field.name.assign(name);
  field.value.assign(value);
}

const std::string* Headers::find(std::string_view name) const {
  for (const Header& field : all()) {
    if (iequals(field.name, name)) return &field.value;
  }
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
  const std::string* value = find(name);
  return value != nullptr ? std::string_view(*value) : std::string_view();
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(all(), [&](const Header& field) { return iequals(field.name, name); }));
}

}  // namespace lapis::http
