// A gate over two accounts at 2026-11-22T17:00:00Z, and tokens signed without the code under test.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "lapis/azure/authorization.h"
#include "lapis/base/base64.h"
#include "lapis/base/date.h"
#include "lapis/base/digest.h"
#include "lapis/base/url.h"
#include "support/azure_call.h"
#include "support/manual_clock.h"

namespace lapis::azure {

inline constexpr std::string_view kSecondKey = "c2Vjb25kIGtleQ==";
inline constexpr Needs kRead{.letters = "r"};

class GateTest : public testing::Test {
 protected:
  GateTest() { clock_.set(*parse_iso8601("2026-11-22T17:00:00Z")); }

  Result<Authorized> authorize(const http::Request& request, const Needs& needs = kRead,
                               const blob::ContainerAccess* access = nullptr) {
    LAPIS_TRY(Target target, parse_target(request));
    LAPIS_TRY(const NegotiatedVersion version, negotiate_version(request, target, false));
    const Call call{request, std::move(target), version, Guid{}};
    return gate_.authorize(call, needs, access);
  }

  static std::string sign(std::string_view text, std::string_view key = kDevelopmentKey) {
    HmacSha256 mac(*base64_decode(key));
    return base64_encode(mac.sign(text));
  }

  test::ManualClock clock_;
  Gate gate_{
      {make_account(std::string(kDevelopmentAccount), {std::string(kDevelopmentKey)}).value(),
       make_account("other", {std::string(kDevelopmentKey), std::string(kSecondKey)}).value()},
      clock_};
};

// A SAS of version 2021-12-02 written field by field; `sig` is computed unless it is given.
struct Token {
  std::map<std::string, std::string> fields;

  Token with(const std::string& name, const std::string& value) const {
    Token changed = *this;
    changed.fields[name] = value;
    return changed;
  }
  Token without(const std::string& name) const {
    Token changed = *this;
    changed.fields.erase(name);
    return changed;
  }
  std::string get(const std::string& name) const {
    const auto it = fields.find(name);
    return it == fields.end() ? std::string() : it->second;
  }
  std::string query() const {
    std::string text;
    for (const auto& [name, value] : fields) {
      text += (text.empty() ? "" : "&") + name + "=" + percent_encode(value);
    }
    return text;
  }
};

inline std::string mac(const std::string& text) {
  HmacSha256 hmac(*base64_decode(kDevelopmentKey));
  return base64_encode(hmac.sign(text));
}

inline Token signed_service(const Token& token, const std::string& resource) {
  const auto get = [&token](const char* name) { return token.get(name); };
  return token.with(
      "sig", mac(get("sp") + "\n" + get("st") + "\n" + get("se") + "\n/blob/devstoreaccount1/" +
                 resource + "\n" + get("si") + "\n" + get("sip") + "\n" + get("spr") + "\n" +
                 get("sv") + "\n" + get("sr") + "\n\n" + get("ses") + "\n" + get("rscc") + "\n" +
                 get("rscd") + "\n" + get("rsce") + "\n" + get("rscl") + "\n" + get("rsct")));
}

inline Token signed_account(const Token& token) {
  const auto get = [&token](const char* name) { return token.get(name); };
  return token.with(
      "sig", mac("devstoreaccount1\n" + get("sp") + "\n" + get("ss") + "\n" + get("srt") + "\n" +
                 get("st") + "\n" + get("se") + "\n" + get("sip") + "\n" + get("spr") + "\n" +
                 get("sv") + "\n" + (get("sv") >= "2020-12-06" ? get("ses") + "\n" : "")));
}

inline Token service_token() {
  return {{{"sv", "2021-12-02"}, {"sr", "c"}, {"sp", "rl"}, {"se", "2030-01-01T00:00:00Z"}}};
}

inline Token account_token() {
  return {{{"sv", "2021-12-02"},
           {"ss", "b"},
           {"srt", "sco"},
           {"sp", "rl"},
           {"se", "2030-01-01T00:00:00Z"}}};
}

}  // namespace lapis::azure
