#include "ctl/sas_command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "ctl/account_key.h"
#include "ctl/time_text.h"
#include "lapis/azure/sas.h"
#include "lapis/base/url.h"

namespace lapis::ctl {
namespace {

// Options that both kinds take, as given.
struct CommonOptions {
  KeyOptions key;
  std::string permissions;
  std::string start;
  std::string expiry;
  std::string ip;
  std::string protocol = "https,http";
  std::string version = "2021-12-02";
  std::string url;
};

struct AccountOptions : CommonOptions {
  std::string services = "b";
  std::string resource_types = "sco";
};

struct ServiceOptions : CommonOptions {
  azure::ServiceSasRequest request;  // container, blob and response headers
};

void add_common(CLI::App& app, CommonOptions& options) {
  app.add_option("--account", options.key.account, "account name")->capture_default_str();
  auto* key =
      app.add_option("--key", options.key.key, "account key, base64 (seen by others in ps)");
  app.add_option("--key-file", options.key.file,
                 "file with the account key; - reads standard input")
      ->excludes(key);
  app.add_option("--start", options.start, "2030-01-01T00:00Z; valid at once if left out");
  app.add_option("--ip", options.ip, "IPv4 address or range a-b");
  app.add_option("--protocol", options.protocol, "https or https,http")->capture_default_str();
  app.add_option("--version", options.version, "the token's version (sv)")->capture_default_str();
  app.add_option("--url", options.url, "print the whole URL, under this endpoint");
}

// What a stored access policy may give instead.
std::pair<CLI::Option*, CLI::Option*> add_grant(CLI::App& app, CommonOptions& options) {
  return {app.add_option("--permissions", options.permissions, "letters, such as rwdlac"),
          app.add_option("--expiry", options.expiry, "30m, 24h, 7d or 2030-01-01T00:00Z")};
}

template <class Request>
Result<void> fill(Request& request, const CommonOptions& options, const Environment& environment) {
  request.permissions = options.permissions;
  request.ip = options.ip;
  request.protocol = options.protocol;
  request.version = options.version;
  if (!options.expiry.empty()) {
    LAPIS_TRY(request.expiry, parse_time(options.expiry, environment.clock.now()));
  }
  if (!options.start.empty()) {
    LAPIS_TRY(request.start, parse_time(options.start, environment.clock.now()));
  }
  return {};
}

std::string with_url(const CommonOptions& options, std::string_view path, std::string token) {
  if (options.url.empty()) return token;
  std::string url = options.url;
  while (url.ends_with('/')) url.pop_back();
  return url.append("/").append(percent_encode(path, "/$")).append("?").append(token);
}

Result<std::string> account_sas(const AccountOptions& options, const Environment& environment) {
  LAPIS_TRY(const azure::Account account, load_account(options.key, environment.in));
  azure::AccountSasRequest request;
  LAPIS_TRY_VOID(fill(request, options, environment));
  request.services = options.services;
  request.resource_types = options.resource_types;
  LAPIS_TRY(std::string token, azure::make_account_sas(account, request));
  return with_url(options, "", std::move(token));
}

Result<std::string> service_sas(const ServiceOptions& options, const Environment& environment) {
  LAPIS_TRY(const azure::Account account, load_account(options.key, environment.in));
  azure::ServiceSasRequest request = options.request;
  LAPIS_TRY_VOID(fill(request, options, environment));
  LAPIS_TRY(std::string token, azure::make_service_sas(account, request));
  const std::string path =
      request.blob.empty() ? request.container : request.container + "/" + request.blob;
  // The URL of a past state names it beside what was signed.
  if (!options.url.empty() && !request.snapshot.empty()) {
    token = "snapshot=" + percent_encode(request.snapshot, ":") + "&" + token;
  }
  if (!options.url.empty() && !request.version_id.empty()) {
    token = "versionid=" + percent_encode(request.version_id, ":") + "&" + token;
  }
  return with_url(options, path, std::move(token));
}

}  // namespace

void add_sas_commands(CLI::App& app, const Environment& environment, Command& command) {
  CLI::App* sas = app.add_subcommand("sas", "Make shared access signatures.");
  sas->require_subcommand(1);

  auto account_options = std::make_shared<AccountOptions>();
  CLI::App* account = sas->add_subcommand("account", "A token for the whole account.");
  add_common(*account, *account_options);
  const auto [permissions, expiry] = add_grant(*account, *account_options);
  permissions->required();
  expiry->required();
  account->add_option("--services", account_options->services)->capture_default_str();
  account->add_option("--resource-types", account_options->resource_types, "letters of sco")
      ->capture_default_str();
  account->callback([account_options, &environment, &command] {
    command = [account_options, &environment]() -> Result<Output> {
      return account_sas(*account_options, environment);
    };
  });

  auto service_options = std::make_shared<ServiceOptions>();
  CLI::App* service = sas->add_subcommand("service", "A token for a container or a blob.");
  add_common(*service, *service_options);
  add_grant(*service, *service_options);
  azure::ServiceSasRequest& request = service_options->request;
  service->add_option("--policy", request.policy,
                      "a stored access policy, for what is left out of the other options");
  service->add_option("--container", request.container)->required();
  service->add_option("--blob", request.blob, "the container as a whole if left out");
  service->add_option("--snapshot", request.snapshot, "of the blob: when it was taken");
  service->add_option("--version-id", request.version_id, "of the blob");
  service->add_option("--cache-control", request.cache_control, "of answers, as the next ones");
  service->add_option("--content-disposition", request.content_disposition);
  service->add_option("--content-encoding", request.content_encoding);
  service->add_option("--content-language", request.content_language);
  service->add_option("--content-type", request.content_type);
  service->callback([service_options, &environment, &command] {
    command = [service_options, &environment]() -> Result<Output> {
      return service_sas(*service_options, environment);
    };
  });
}

}  // namespace lapis::ctl
