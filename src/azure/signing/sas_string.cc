#include "azure/signing/sas_string.h"

#include <span>

namespace lapis::azure {
namespace {

// Lines that stand for no parameter.
enum class Line : std::uint8_t { kCanonicalResource = 100, kPast = 101 };

struct Slot {
  std::uint8_t id;
  constexpr Slot(SasField field) : id(static_cast<std::uint8_t>(field)) {}
  constexpr Slot(Line line) : id(static_cast<std::uint8_t>(line)) {}
};

using enum SasField;
constexpr Slot kResourceLine = Line::kCanonicalResource;
constexpr Slot kPastLine = Line::kPast;

constexpr Slot k2012[] = {kPermissions, kStart, kExpiry, kResourceLine, kPolicy, kVersion};
constexpr Slot k2013[] = {kPermissions,     kStart,           kExpiry,       kResourceLine,
                          kPolicy,          kVersion,         kCacheControl, kContentDisposition,
                          kContentEncoding, kContentLanguage, kContentType};
constexpr Slot k2015[] = {
    kPermissions, kStart,   kExpiry,       kResourceLine,       kPolicy,          kIp,
    kProtocol,    kVersion, kCacheControl, kContentDisposition, kContentEncoding, kContentLanguage,
    kContentType};
constexpr Slot k2018[] = {kPermissions,     kStart,           kExpiry,
                          kResourceLine,    kPolicy,          kIp,
                          kProtocol,        kVersion,         kResource,
                          kPastLine,        kCacheControl,    kContentDisposition,
                          kContentEncoding, kContentLanguage, kContentType};
constexpr Slot k2020[] = {kPermissions,        kStart,           kExpiry,
                          kResourceLine,       kPolicy,          kIp,
                          kProtocol,           kVersion,         kResource,
                          kPastLine,           kEncryptionScope, kCacheControl,
                          kContentDisposition, kContentEncoding, kContentLanguage,
                          kContentType};

struct Layout {
  std::uint32_t since;
  std::span<const Slot> lines;
};
// Newest first.
constexpr Layout kLayouts[] = {
    {20201206, k2020}, {20181109, k2018}, {20150405, k2015}, {20130815, k2013}, {0, k2012}};

constexpr std::uint32_t kResourceNamesService = 20150221;
constexpr std::uint32_t kAccountSignsScope = 20201206;

std::string canonical_resource(const SasFields& sas, const SasResource& resource) {
  std::string text = sas.version.date >= kResourceNamesService ? "/blob/" : "/";
  text.append(resource.account).append("/").append(resource.container);
  if (is_of_blob(sas.get(kResource))) text.append("/").append(resource.blob);
  return text;
}

}  // namespace

std::string service_sas_string(const SasFields& sas, const SasResource& resource) {
  const Layout* layout = kLayouts;
  while (layout->since > sas.version.date) ++layout;
  std::string out;
  for (const Slot slot : layout->lines) {
    if (slot.id == kResourceLine.id) {
      out.append(canonical_resource(sas, resource));
    } else {
      out.append(slot.id == kPastLine.id ? resource.past : sas.values[slot.id]);
    }
    out.push_back('\n');
  }
  out.pop_back();
  return out;
}

std::string account_sas_string(const SasFields& sas, std::string_view account) {
  std::string out(account);
  out.push_back('\n');
  for (const SasField field :
       {kPermissions, kServices, kResourceTypes, kStart, kExpiry, kIp, kProtocol, kVersion}) {
    out.append(sas.get(field)).push_back('\n');
  }
  if (sas.version.date >= kAccountSignsScope) out.append(sas.get(kEncryptionScope)).push_back('\n');
  return out;
}

}  // namespace lapis::azure
