// Every operation of the route table, asked for with every kind of credential and every permission,
// and, beside what the operation is about, for tags, against a model written down here by itself,
// from the REST reference ("Permissions for …" of
// account and service SAS, "Anonymous read access").
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "gateway/route.h"
#include "lapis/azure/authorization.h"
#include "lapis/azure/sas.h"
#include "lapis/base/base64.h"
#include "lapis/base/date.h"
#include "lapis/base/digest.h"
#include "lapis/base/url.h"
#include "support/azure_call.h"
#include "support/manual_clock.h"

namespace lapis::gateway {
namespace {

using azure::Resource;
using blob::PublicAccess;

constexpr std::string_view kKey = "c2VjcmV0c2VjcmV0c2VjcmV0";
constexpr std::string_view kLetters = "racwdxyltmeopifu";
constexpr std::string_view kNever = "-";
constexpr std::string_view kAlways = "*";

struct Rights {
  std::string_view account;                     // letters of an account SAS, any of which will do
  std::string_view types;                       // its resource types, of which any will do
  std::string_view container;                   // letters of a service SAS of the container
  std::string_view blob;                        // of the blob
  PublicAccess publicly = PublicAccess::kNone;  // from which level on anybody may; kNone: never
};

constexpr Rights of_account(std::string_view letters) { return {letters, "s", kNever, kNever}; }
constexpr Rights of_container(std::string_view letters, std::string_view service = kNever) {
  return {letters, "c", service, kNever};
}
constexpr Rights of_blob(std::string_view letters) { return {letters, "o", letters, letters}; }
constexpr Rights public_from(Rights rights, PublicAccess level) {
  rights.publicly = level;
  return rights;
}

const std::map<std::string, Rights> kModel = {
    {"ListContainers", of_account("l")},
    {"GetBlobServiceProperties", of_account("r")},
    {"SetBlobServiceProperties", of_account("w")},
    {"GetBlobServiceStats", of_account("r")},
    {"GetUserDelegationKey", of_account("r")},
    {"FindBlobsByTags of the account", {"f", "so", kNever, kNever}},
    {"FindBlobsByTags of a container", of_container("f", "f")},
    {"BlobBatch of the account", {kAlways, "s", kNever, kNever}},
    {"BlobBatch of a container", {kAlways, "c", kAlways, kNever}},
    {"GetAccountInformation of the account", {kAlways, "s", kAlways, kAlways}},
    {"GetAccountInformation of a container", {kAlways, "c", kAlways, kNever}},
    {"GetAccountInformation of a blob", {kAlways, "o", kAlways, kAlways}},
    {"CreateContainer", of_container("cw")},
    {"GetContainerProperties", public_from(of_container("r"), PublicAccess::kContainer)},
    {"GetContainerMetadata", public_from(of_container("r"), PublicAccess::kContainer)},
    {"SetContainerMetadata", of_container("w")},
    {"DeleteContainer", of_container("d")},
    {"ListBlobs", public_from(of_container("l", "l"), PublicAccess::kContainer)},
    {"GetContainerAcl", of_container(kNever)},
    {"SetContainerAcl", of_container(kNever)},
    {"LeaseContainer", of_container("wd")},
    {"RestoreContainer", of_container("w")},
    {"RenameContainer", of_container("w")},
    {"GetBlob", public_from(of_blob("r"), PublicAccess::kBlob)},
    {"GetBlobProperties", public_from(of_blob("r"), PublicAccess::kBlob)},
    {"GetBlobMetadata", public_from(of_blob("r"), PublicAccess::kBlob)},
    {"GetBlockList", public_from(of_blob("r"), PublicAccess::kBlob)},
    {"GetPageRanges", public_from(of_blob("r"), PublicAccess::kBlob)},
    {"QueryBlobContents", of_blob("r")},
    {"PutBlob", of_blob("cw")},
    {"PutAppendBlob", of_blob("cw")},
    {"PutPageBlob", of_blob("cw")},
    {"PutBlockList", of_blob("cw")},
    {"CopyBlob", of_blob("cw")},
    {"CopyBlobFromURL", of_blob("cw")},
    {"PutBlobFromURL", of_blob("cw")},
    {"IncrementalCopyBlob", of_blob("cw")},
    {"SnapshotBlob", of_blob("cw")},
    {"PutBlock", of_blob("w")},
    {"PutBlockFromURL", of_blob("w")},
    {"PutPage", of_blob("w")},
    {"PutPageFromURL", of_blob("w")},
    {"AppendBlock", of_blob("aw")},
    {"AppendBlockFromURL", of_blob("aw")},
    {"AppendBlobSeal", of_blob("aw")},
    {"SetBlobMetadata", of_blob("w")},
    {"SetBlobProperties", of_blob("w")},
    {"SetBlobTier", of_blob("w")},
    {"AbortCopyBlob", of_blob("w")},
    {"UndeleteBlob", of_blob("w")},
    {"SetBlobExpiry", {"w", "o", kNever, kNever}},
    {"LeaseBlob", of_blob("w")},
    {"LeaseBlob with x-ms-lease-action: break", of_blob("wd")},
    {"DeleteBlob", of_blob("d")},
    {"GetBlobTags", of_blob("t")},
    {"SetBlobTags", of_blob("t")},
    {"SetBlobImmutabilityPolicy", of_blob("i")},
    {"DeleteBlobImmutabilityPolicy", of_blob("i")},
    {"SetBlobLegalHold", of_blob("i")},
};

// How a request has to do with tags, or with what protects a blob, beside what its operation is
// about. Permission to them is one of its own ("t", "i"), which nobody has without a credential.
struct Curiosity {
  std::string_view parameter = {};  // of the query, with its value
  http::Header header = {};
  char letter = 0;
};
constexpr Curiosity kNone{};
constexpr Curiosity kCurious[] = {
    {.header = {"x-ms-if-tags", "k = '1'"}, .letter = 't'},
    {.header = {"x-ms-tags", "k=1"}, .letter = 't'},
    {.header = {"x-ms-copy-source-tag-option", "COPY"}, .letter = 't'},
    {.header = {"x-ms-immutability-policy-until-date", "x"}, .letter = 'i'},
    {.header = {"x-ms-immutability-policy-mode", "Locked"}, .letter = 'i'},
    {.header = {"x-ms-legal-hold", "false"}, .letter = 'i'},
    {.header = {"x-ms-legal-hold", ""}},
    {.header = {"x-ms-copy-source-tag-option", "REPLACE"}},
    {.header = {"x-ms-if-tags", ""}},
};
// Of List Blobs.
constexpr Curiosity kCuriousListing[] = {
    {.parameter = "include=tags", .letter = 't'},
    {.parameter = "include=metadata%2CTags", .letter = 't'},
    {.parameter = "include=,tags,copy", .letter = 't'},
    {.parameter = "include=metadata,tagsx"},
    {.parameter = "prefix=tags&tags=include"},
};

// Of Delete Blob, with the letter that each needs.
struct Deletion {
  std::string_view parameter;
  std::string_view letters;
};
constexpr Deletion kDeletions[] = {
    {"snapshot=2021-06-28T05:51:11.5743121Z", "d"},
    {"versionid=2021-06-28T05:51:11.5743121Z", "x"},
    {"versionid=x", "x"},
    {"snapshot=2021-06-28T05:51:11.5743121Z&deletetype=permanent", "y"},
    {"versionid=2021-06-28T05:51:11.5743121Z&deletetype=permanent", "y"},
};

// The name under which the model has an operation: that of the route, or with what tells it from
// others of the same name.
const Rights* rights_of(const Route& route, std::set<std::string>& met) {
  const std::string name(route.name);
  const char* levels[] = {" of the account", " of a container", " of a blob"};
  for (const RequiredHeader& header : route.headers) {
    const auto found =
        kModel.find(name + " with " + std::string(header.name) + ": " + std::string(header.value));
    if (found == kModel.end()) continue;
    met.insert(found->first);
    return &found->second;
  }
  for (const std::string& key : {name + levels[static_cast<int>(route.resource)], name}) {
    const auto found = kModel.find(key);
    if (found == kModel.end()) continue;
    met.insert(found->first);
    return &found->second;
  }
  return nullptr;
}

// What a SAS with `given` may do where `letters` are asked for; "" for yes.
std::string judge(std::string_view letters, std::string_view given, const Curiosity& curiosity) {
  if (letters == kNever) return "AuthorizationFailure";
  const bool denied = curiosity.letter != 0 && given.find(curiosity.letter) == given.npos;
  const bool allowed = letters == kAlways || given.find_first_of(letters) != given.npos;
  return allowed && !denied ? "" : "AuthorizationPermissionMismatch";
}

class Requests {
 public:
  Requests() {
    clock_.set(*parse_iso8601("2026-11-22T17:00:00Z"));
    open_.public_access = true;
  }

  // The code with which the gate refuses, "" where it lets pass. `sas`: a query; empty: none.
  std::string ask(const Route& route, const Curiosity& curiosity, const std::string& account,
                  const std::string& sas, bool shared_key = false,
                  PublicAccess level = PublicAccess::kNone) {
    http::Request request = make(route, curiosity, account, sas);
    if (shared_key) sign(request, account);
    const auto target = azure::parse_target(request);
    const azure::NegotiatedVersion version{{20211202}, {20211202}};
    const azure::Call call{request, azure::parse_target(request).value(), version, Guid{}};
    const auto found = find_route(call);
    EXPECT_TRUE(found && *found == &route) << route.name << " is not what is found";
    const blob::ContainerAccess access{
        level, {{"all", {}, clock_.now() + std::chrono::hours(1), std::string(policy_)}}};
    const auto authorized = gate_.authorize(call, route.needs, &access);
    return authorized ? "" : std::string(info(authorized.error().code).azure_code);
  }

  std::string account_sas(const std::string& letters, const std::string& types,
                          const std::string& services = "b") const {
    azure::AccountSasRequest request;
    request.permissions = letters;
    request.resource_types = types;
    request.services = services;
    request.expiry = clock_.now() + std::chrono::hours(1);
    return azure::make_account_sas(open_, request).value();
  }

  std::string service_sas(const std::string& letters, const std::string& blob) const {
    azure::ServiceSasRequest request;
    request.container = "box";
    request.blob = blob;
    request.permissions = letters;
    request.expiry = clock_.now() + std::chrono::hours(1);
    return azure::make_service_sas(open_, request).value();
  }

  // Of the container, by the policy "all" with these letters.
  std::string policy_sas(std::string_view letters) {
    policy_ = letters;
    const std::string text = "\n\n\n/blob/open/box\nall\n\n\n2021-12-02\nc\n\n\n\n\n\n\n";
    HmacSha256 mac(*base64_decode(kKey));
    return "sv=2021-12-02&sr=c&si=all&sig=" + percent_encode(base64_encode(mac.sign(text)));
  }

 private:
  static http::Request make(const Route& route, const Curiosity& curiosity,
                            const std::string& account, const std::string& sas) {
    std::string target = "/" + account;
    if (route.resource != Resource::kService) target += "/box";
    if (route.resource == Resource::kBlob) target += "/b";
    std::string query = sas;
    for (const auto& [name, value] : {std::pair{"comp", route.comp}, {"restype", route.restype}}) {
      if (!value.empty()) query += "&" + std::string(name) + "=" + std::string(value);
    }
    if (!curiosity.parameter.empty()) query += "&" + std::string(curiosity.parameter);
    http::Request request;
    request.method = route.method;
    request.method_text = method_text(route.method);
    request.target = target + "?" + query;
    request.peer_address = "127.0.0.1";
    request.headers.add("Host", "127.0.0.1");
    request.headers.add("x-ms-date", "Sun, 22 Nov 2026 17:00:00 GMT");
    request.headers.add("x-ms-version", "2021-12-02");
    for (const RequiredHeader& required : route.headers) {
      if (required.name.empty()) continue;
      request.headers.add(required.name, required.value.empty() ? "BlockBlob" : required.value);
    }
    if (!curiosity.header.name.empty()) {
      request.headers.add(curiosity.header.name, curiosity.header.value);
    }
    return request;
  }

  static std::string method_text(http::Method method) {
    switch (method) {
      case http::Method::kGet:
        return "GET";
      case http::Method::kHead:
        return "HEAD";
      case http::Method::kPut:
        return "PUT";
      case http::Method::kDelete:
        return "DELETE";
      default:
        return "POST";
    }
  }

  static void sign(http::Request& request, const std::string& account) {
    std::map<std::string, std::string> signed_headers;
    for (const http::Header& field : request.headers.all()) {
      if (field.name.starts_with("x-ms-")) signed_headers.emplace(field.name, field.value);
    }
    std::string text = request.method_text + std::string(12, '\n');
    for (const auto& [name, value] : signed_headers) text += name + ":" + value + "\n";
    const auto target = azure::parse_target(request).value();
    text += "/" + account + std::string(target.raw_path);
    std::map<std::string, std::string> parameters;
    for (const auto& parameter : target.query.all()) {
      parameters.emplace(parameter.name, parameter.value);
    }
    for (const auto& [name, value] : parameters) text += "\n" + name + ":" + value;
    HmacSha256 mac(*base64_decode(kKey));
    request.headers.add("Authorization",
                        "SharedKey " + account + ":" + base64_encode(mac.sign(text)));
  }

  test::ManualClock clock_;
  azure::Account open_ = azure::make_account("open", {std::string(kKey)}).value();
  std::string policy_;  // as the SAS that was made last has it
  azure::Gate gate_{{public_account(), azure::make_account("shut", {std::string(kKey)}).value()},
                    clock_};

  static azure::Account public_account() {
    azure::Account account = azure::make_account("open", {std::string(kKey)}).value();
    account.public_access = true;
    return account;
  }
};

std::vector<std::string> sets_of_letters() {
  std::vector<std::string> sets{std::string(kLetters)};
  for (const char letter : kLetters) {
    sets.emplace_back(1, letter);
    std::string others(kLetters);
    std::erase(others, letter);
    sets.push_back(others);
  }
  return sets;
}

void expect_shared_key(Requests& requests, const Route& route, const Curiosity& curiosity) {
  EXPECT_EQ(requests.ask(route, curiosity, "open", "", true), "") << route.name;
  EXPECT_EQ(requests.ask(route, curiosity, "shut", "", true), "") << route.name;
}

void expect_account_sas(Requests& requests, const Route& route, const Curiosity& curiosity,
                        const Rights& rights) {
  for (const std::string& letters : sets_of_letters()) {
    for (const std::string types : {"s", "c", "o", "sco"}) {
      std::string expected = judge(rights.account, letters, curiosity);
      const bool decided = rights.account == kNever || rights.account == kAlways;
      if (!decided && types.find_first_of(rights.types) == types.npos) {
        expected = "AuthorizationResourceTypeMismatch";
      }
      EXPECT_EQ(requests.ask(route, curiosity, "open", requests.account_sas(letters, types)),
                expected)
          << route.name << " sp=" << letters << " srt=" << types;
    }
  }
  const std::string expected =
      rights.account == kNever ? "AuthorizationFailure" : "AuthorizationServiceMismatch";
  const std::string of_files = requests.account_sas(std::string(kLetters), "sco", "f");
  EXPECT_EQ(requests.ask(route, curiosity, "open", of_files), expected) << route.name;
}

void expect_service_sas(Requests& requests, const Route& route, const Curiosity& curiosity,
                        const Rights& rights) {
  const bool of_service = route.resource == Resource::kService;
  const bool of_blob = route.resource == Resource::kBlob;
  for (const std::string& letters : sets_of_letters()) {
    const std::string expected =
        of_service ? "AuthenticationFailed" : judge(rights.container, letters, curiosity);
    EXPECT_EQ(requests.ask(route, curiosity, "open", requests.service_sas(letters, "")), expected)
        << route.name << " sr=c sp=" << letters;
    EXPECT_EQ(requests.ask(route, curiosity, "open", requests.policy_sas(letters)), expected)
        << route.name << " by a policy of " << letters;
    EXPECT_EQ(requests.ask(route, curiosity, "open", requests.service_sas(letters, "b")),
              of_blob ? judge(rights.blob, letters, curiosity) : "AuthenticationFailed")
        << route.name << " sr=b sp=" << letters;
    EXPECT_EQ(requests.ask(route, curiosity, "open", requests.service_sas(letters, "other")),
              "AuthenticationFailed")
        << route.name << " of another blob";
  }
}

void expect_anonymous(Requests& requests, const Route& route, const Curiosity& curiosity,
                      const Rights& rights) {
  const bool possible = rights.publicly != PublicAccess::kNone && curiosity.letter == 0;
  for (const auto level : {PublicAccess::kNone, PublicAccess::kBlob, PublicAccess::kContainer}) {
    EXPECT_EQ(requests.ask(route, curiosity, "open", "", false, level),
              possible && level >= rights.publicly ? "" : "NoAuthenticationInformation")
        << route.name << " at level " << static_cast<int>(level);
    EXPECT_EQ(requests.ask(route, curiosity, "shut", "", false, level),
              possible ? "PublicAccessNotPermitted" : "NoAuthenticationInformation")
        << route.name;
    EXPECT_EQ(requests.ask(route, curiosity, "nobody", "", false, level),
              "NoAuthenticationInformation")
        << route.name;
  }
}

void expect_all(Requests& requests, const Route& route, const Curiosity& curiosity,
                const Rights& rights) {
  SCOPED_TRACE(testing::Message() << curiosity.parameter << " " << curiosity.header.name << ": "
                                  << curiosity.header.value);
  expect_shared_key(requests, route, curiosity);
  expect_account_sas(requests, route, curiosity, rights);
  expect_service_sas(requests, route, curiosity, rights);
  expect_anonymous(requests, route, curiosity, rights);
}

TEST(AuthorizationModel, HoldsForEveryOperationAndCredential) {
  Requests requests;
  std::set<std::string> met;
  for (const Route& route : routes()) {
    const Rights* rights = rights_of(route, met);
    ASSERT_NE(rights, nullptr) << route.name << " is not in the model";
    expect_all(requests, route, kNone, *rights);
    for (const Curiosity& curiosity : kCurious) expect_all(requests, route, curiosity, *rights);
    if (route.name == "DeleteBlob") {
      for (const auto& [parameter, letters] : kDeletions) {
        expect_all(requests, route, {.parameter = parameter}, of_blob(letters));
      }
    }
    if (route.name != "ListBlobs") continue;
    for (const Curiosity& listing : kCuriousListing) expect_all(requests, route, listing, *rights);
  }
  for (const auto& [name, rights] : kModel) {
    EXPECT_TRUE(met.contains(name)) << name << " is in the model only";
  }
}

}  // namespace
}  // namespace lapis::gateway
