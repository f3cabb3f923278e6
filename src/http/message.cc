#include "lapis/http/message.h"

#include <algorithm>
#include <cstring>

#include "http/ascii.h"

namespace lapis::http {
namespace {

// Room for the fields of nearly every message; doubled when it is used up.
constexpr std::size_t kInitialBytes = 1024;
constexpr std::size_t kInitialFields = 24;

}  // namespace

bool iequals_of_one_size(std::string_view a, std::string_view b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

Headers::Headers(const Headers& other) {
  for (const Header& field : other.fields_) add(field.name, field.value);
}

Headers& Headers::operator=(const Headers& other) {
  if (this != &other) *this = Headers(other);
  return *this;
}

Headers::Headers(Headers&& other) noexcept
    : text_(std::move(other.text_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)),
      fields_(std::exchange(other.fields_, {})) {}

Headers& Headers::operator=(Headers&& other) noexcept {
  text_ = std::move(other.text_);
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  fields_ = std::exchange(other.fields_, {});
  return *this;
}

// Returns the memory that was left, if any: what is added next may lie in it.
std::unique_ptr<char[]> Headers::make_room(std::size_t bytes) {
  if (capacity_ - size_ >= bytes) return nullptr;
  capacity_ = std::max({kInitialBytes, 2 * capacity_, size_ + bytes});
  auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
  if (size_ != 0) std::memcpy(larger.get(), text_.get(), size_);
  const auto moved = [&](std::string_view view) {
    return std::string_view(larger.get() + (view.data() - text_.get()), view.size());
  };
  for (Header& field : fields_) field = {moved(field.name), moved(field.value)};
  return std::exchange(text_, std::move(larger));
}

std::string_view Headers::append(std::string_view text) {
  char* const begin = text_.get() + size_;
  if (!text.empty()) std::memcpy(begin, text.data(), text.size());
  size_ += text.size();
  return {begin, text.size()};
}

void Headers::add(std::string_view name, std::string_view value) {
  const auto left = make_room(name.size() + value.size() + 4);
  if (fields_.empty()) fields_.reserve(kInitialFields);
  const std::string_view kept_name = append(name);
  text_[size_++] = ':';
  text_[size_++] = ' ';
  const std::string_view kept_value = append(value);
  text_[size_++] = '\r';
  text_[size_++] = '\n';
  fields_.push_back({kept_name, kept_value});
}

void Headers::clear() {
  size_ = 0;
  fields_.clear();
}

const std::string_view* Headers::find(std::string_view name) const {
  for (const Header& field : fields_) {
    if (iequals(field.name, name)) return &field.value;
  }
  return nullptr;
}

std::string_view Headers::get(std::string_view name) const {
  const std::string_view* value = find(name);
  return value != nullptr ? *value : std::string_view();
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(all(), [&](const Header& field) { return iequals(field.name, name); }));
}

}  // namespace lapis::http
