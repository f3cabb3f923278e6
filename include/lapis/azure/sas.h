// Making SAS tokens: for the `lapis sas` command, start-up hints and tests.
#pragma once

#include <optional>
#include <string>

#include "lapis/azure/accounts.h"
#include "lapis/base/clock.h"
#include "lapis/base/result.h"

namespace lapis::azure {

struct AccountSasRequest {
  std::string permissions;             // sp, e.g. "rwdlacup"
  std::string services = "b";          // ss
  std::string resource_types = "sco";  // srt
  std::optional<Timestamp> start;
  Timestamp expiry;
  std::string ip;                       // sip; empty: any
  std::string protocol = "https,http";  // spr
  std::string version = "2021-12-02";   // sv
};

struct ServiceSasRequest {
  std::string container;
  std::string blob;  // empty: the container (sr=c), else sr=b
  // The snapshot of the blob (sr=bs) or its version (sr=bv), as URLs name them; at most one.
  std::string snapshot;
  std::string version_id;
  // A stored access policy of the container; empty: none. It may give permissions, start and
  // expiry, which are then left out here.
  std::string policy;
  std::string permissions;
  std::optional<Timestamp> start;
  std::optional<Timestamp> expiry;
  std::string ip;
  std::string protocol = "https,http";
  std::string version = "2021-12-02";
  std::string cache_control, content_disposition, content_encoding, content_language, content_type;
};

// The query string, without a leading '?', signed with the account's first key. Errors:
// kInvalidInput for letters, addresses, names or dates that no SAS can have.
Result<std::string> make_account_sas(const Account& account, const AccountSasRequest& request);
Result<std::string> make_service_sas(const Account& account, const ServiceSasRequest& request);

}  // namespace lapis::azure
