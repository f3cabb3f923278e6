#include "gateway/handlers.h"
#include "gateway/route.h"

namespace lapis::gateway {
namespace {

using azure::Needs;
using azure::Resource;
using blob::PublicAccess;
using http::Method;

constexpr auto kService = Resource::kService;
constexpr auto kContainer = Resource::kContainer;
constexpr auto kBlob = Resource::kBlob;

constexpr Needs kAnyCredential{.letters = ""};
constexpr Needs kAnyOfTheAccount{.letters = "", .service_sas = false};
constexpr Needs kServiceRead{.letters = "r", .resource_type = 's', .service_sas = false};
constexpr Needs kServiceWrite{.letters = "w", .resource_type = 's', .service_sas = false};
constexpr Needs kServiceList{.letters = "l", .resource_type = 's', .service_sas = false};
constexpr Needs kServiceFind{
    .letters = "f", .resource_type = 's', .service_sas = false, .or_resource_type = 'o'};
constexpr Needs kContainerCreate{.letters = "cw", .resource_type = 'c', .service_sas = false};
constexpr Needs kContainerRead{.letters = "r",
                               .resource_type = 'c',
                               .service_sas = false,
                               .in_public = PublicAccess::kContainer};
constexpr Needs kContainerWrite{.letters = "w", .resource_type = 'c', .service_sas = false};
constexpr Needs kContainerLease{.letters = "wd", .resource_type = 'c', .service_sas = false};
constexpr Needs kContainerDelete{.letters = "d", .resource_type = 'c', .service_sas = false};
constexpr Needs kContainerList{
    .letters = "l", .resource_type = 'c', .in_public = PublicAccess::kContainer};
constexpr Needs kOwner{
    .letters = "", .resource_type = 'c', .service_sas = false, .account_sas = false};
constexpr Needs kContainerFind{.letters = "f", .resource_type = 'c'};
constexpr Needs kRead{.letters = "r", .in_public = PublicAccess::kBlob};
constexpr Needs kQuery{.letters = "r"};
constexpr Needs kWrite{.letters = "w"};
constexpr Needs kExpire{.letters = "w", .service_sas = false};
constexpr Needs kCreateOrWrite{.letters = "cw"};
constexpr Needs kAppend{.letters = "aw"};
constexpr Needs kOverwrite{.letters = "cw", .overwrite_needs_w = true};
constexpr Needs kCopy{.letters = "cw", .overwrite_needs_w = true, .copies = true};
constexpr Needs kDelete{.letters = "d", .deletes_states = true};
constexpr Needs kBreakLease{.letters = "wd", .breaks_lease = true};
constexpr Needs kTags{.letters = "t"};
constexpr Needs kImmutability{.letters = "i"};

// An operation. `comp` and `restype` stand as in the URL.
constexpr Route row(std::string_view name, Method method, Resource resource,
                    std::string_view restype, std::string_view comp, Needs needs,
                    HandlerFunction handler = nullptr) {
  return {name, method, resource, restype, comp, {}, needs, handler};
}

// An operation that headers tell from another with the same URL.
constexpr Route with(Route route, RequiredHeader first, RequiredHeader second = {}) {
  route.headers = {first, second};
  return route;
}

constexpr RequiredHeader kCopySource{"x-ms-copy-source", ""};
constexpr RequiredHeader kSynchronous{"x-ms-requires-sync", "true"};
constexpr RequiredHeader kTyped{"x-ms-blob-type", ""};
constexpr RequiredHeader kAppendType{"x-ms-blob-type", "AppendBlob"};
constexpr RequiredHeader kBreak{"x-ms-lease-action", "break"};
constexpr RequiredHeader kPageType{"x-ms-blob-type", "PageBlob"};

constexpr Route kRoutes[] = {
    // The account.
    row("ListContainers", Method::kGet, kService, "", "list", kServiceList, list_containers),
    row("GetAccountInformation", Method::kGet, kService, "account", "properties", kAnyCredential,
        get_account_information),
    row("GetAccountInformation", Method::kHead, kService, "account", "properties", kAnyCredential,
        get_account_information),
    row("GetBlobServiceProperties", Method::kGet, kService, "service", "properties", kServiceRead,
        get_blob_service_properties),
    row("SetBlobServiceProperties", Method::kPut, kService, "service", "properties", kServiceWrite,
        set_blob_service_properties),
    row("GetBlobServiceStats", Method::kGet, kService, "service", "stats", kServiceRead,
        get_blob_service_stats),
    row("GetUserDelegationKey", Method::kPost, kService, "service", "userdelegationkey",
        kServiceRead),
    row("FindBlobsByTags", Method::kGet, kService, "", "blobs", kServiceFind, find_blobs_by_tags),
    row("BlobBatch", Method::kPost, kService, "", "batch", kAnyOfTheAccount, blob_batch),
    // As SDKs write it that take the account in a path for a container.
    row("BlobBatch", Method::kPost, kService, "container", "batch", kAnyOfTheAccount, blob_batch),

    // Containers.
    row("CreateContainer", Method::kPut, kContainer, "container", "", kContainerCreate,
        create_container),
    row("GetContainerProperties", Method::kGet, kContainer, "container", "", kContainerRead,
        get_container_properties),
    row("GetContainerProperties", Method::kHead, kContainer, "container", "", kContainerRead,
        get_container_properties),
    row("DeleteContainer", Method::kDelete, kContainer, "container", "", kContainerDelete,
        delete_container),
    row("ListBlobs", Method::kGet, kContainer, "container", "list", kContainerList, list_blobs),
    row("GetContainerMetadata", Method::kGet, kContainer, "container", "metadata", kContainerRead,
        get_container_metadata),
    row("GetContainerMetadata", Method::kHead, kContainer, "container", "metadata", kContainerRead,
        get_container_metadata),
    row("SetContainerMetadata", Method::kPut, kContainer, "container", "metadata", kContainerWrite,
        set_container_metadata),
    row("GetContainerAcl", Method::kGet, kContainer, "container", "acl", kOwner, get_container_acl),
    row("GetContainerAcl", Method::kHead, kContainer, "container", "acl", kOwner,
        get_container_acl),
    row("SetContainerAcl", Method::kPut, kContainer, "container", "acl", kOwner, set_container_acl),
    row("LeaseContainer", Method::kPut, kContainer, "container", "lease", kContainerLease,
        lease_container),
    row("RestoreContainer", Method::kPut, kContainer, "container", "undelete", kContainerWrite,
        restore_container),
    row("RenameContainer", Method::kPut, kContainer, "container", "rename", kContainerWrite),
    row("FindBlobsByTags", Method::kGet, kContainer, "container", "blobs", kContainerFind,
        find_blobs_by_tags),
    row("BlobBatch", Method::kPost, kContainer, "container", "batch", kAnyCredential, blob_batch),
    row("GetAccountInformation", Method::kGet, kContainer, "account", "properties", kAnyCredential,
        get_account_information),
    row("GetAccountInformation", Method::kHead, kContainer, "account", "properties", kAnyCredential,
        get_account_information),

    // Blobs.
    row("GetBlob", Method::kGet, kBlob, "", "", kRead, get_blob),
    row("GetBlobProperties", Method::kHead, kBlob, "", "", kRead, get_blob_properties),
    row("PutBlob", Method::kPut, kBlob, "", "", kOverwrite, put_blob),
    row("DeleteBlob", Method::kDelete, kBlob, "", "", kDelete, delete_blob),
    row("PutBlock", Method::kPut, kBlob, "", "block", kWrite, put_block),
    row("PutBlockList", Method::kPut, kBlob, "", "blocklist", kOverwrite, put_block_list),
    row("GetBlockList", Method::kGet, kBlob, "", "blocklist", kRead, get_block_list),
    row("GetAccountInformation", Method::kGet, kBlob, "account", "properties", kAnyCredential,
        get_account_information),
    row("GetAccountInformation", Method::kHead, kBlob, "account", "properties", kAnyCredential,
        get_account_information),
    with(row("PutAppendBlob", Method::kPut, kBlob, "", "", kOverwrite, put_append_blob),
         kAppendType),
    with(row("PutPageBlob", Method::kPut, kBlob, "", "", kOverwrite, put_page_blob), kPageType),
    with(row("CopyBlob", Method::kPut, kBlob, "", "", kCopy, copy_blob), kCopySource),
    with(row("CopyBlobFromURL", Method::kPut, kBlob, "", "", kOverwrite, copy_blob_from_url),
         kCopySource, kSynchronous),
    with(row("PutBlobFromURL", Method::kPut, kBlob, "", "", kOverwrite, put_blob_from_url),
         kCopySource, kTyped),
    with(row("PutBlockFromURL", Method::kPut, kBlob, "", "block", kWrite, put_block_from_url),
         kCopySource),
    with(row("AppendBlockFromURL", Method::kPut, kBlob, "", "appendblock", kAppend,
             append_block_from_url),
         kCopySource),
    with(row("PutPageFromURL", Method::kPut, kBlob, "", "page", kWrite, put_page_from_url),
         kCopySource),
    row("AbortCopyBlob", Method::kPut, kBlob, "", "copy", kWrite, abort_copy_blob),
    row("IncrementalCopyBlob", Method::kPut, kBlob, "", "incrementalcopy", kOverwrite,
        incremental_copy_blob),
    row("GetBlobMetadata", Method::kGet, kBlob, "", "metadata", kRead, get_blob_metadata),
    row("GetBlobMetadata", Method::kHead, kBlob, "", "metadata", kRead, get_blob_metadata),
    row("SetBlobMetadata", Method::kPut, kBlob, "", "metadata", kWrite, set_blob_metadata),
    row("SetBlobProperties", Method::kPut, kBlob, "", "properties", kWrite, set_blob_properties),
    row("LeaseBlob", Method::kPut, kBlob, "", "lease", kWrite, lease_blob),
    with(row("LeaseBlob", Method::kPut, kBlob, "", "lease", kBreakLease, lease_blob), kBreak),
    row("SnapshotBlob", Method::kPut, kBlob, "", "snapshot", kCreateOrWrite, snapshot_blob),
    row("UndeleteBlob", Method::kPut, kBlob, "", "undelete", kWrite, undelete_blob),
    row("SetBlobTier", Method::kPut, kBlob, "", "tier", kWrite, set_blob_tier),
    row("GetBlobTags", Method::kGet, kBlob, "", "tags", kTags, get_blob_tags),
    row("SetBlobTags", Method::kPut, kBlob, "", "tags", kTags, set_blob_tags),
    row("QueryBlobContents", Method::kPost, kBlob, "", "query", kQuery),
    row("SetBlobExpiry", Method::kPut, kBlob, "", "expiry", kExpire),
    row("SetBlobImmutabilityPolicy", Method::kPut, kBlob, "", "immutabilityPolicies", kImmutability,
        set_blob_immutability_policy),
    row("DeleteBlobImmutabilityPolicy", Method::kDelete, kBlob, "", "immutabilityPolicies",
        kImmutability, delete_blob_immutability_policy),
    row("SetBlobLegalHold", Method::kPut, kBlob, "", "legalhold", kImmutability,
        set_blob_legal_hold),
    row("AppendBlock", Method::kPut, kBlob, "", "appendblock", kAppend, append_block),
    row("AppendBlobSeal", Method::kPut, kBlob, "", "seal", kAppend, append_blob_seal),
    row("PutPage", Method::kPut, kBlob, "", "page", kWrite, put_page),
    row("GetPageRanges", Method::kGet, kBlob, "", "pagelist", kRead, get_page_ranges),
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace lapis::gateway
