// One handler for each operation that is built: parse (azure), act (blob), render (azure).
#pragma once

#include "gateway/route.h"

namespace lapis::gateway {

#define LAPIS_HANDLER(name) \
  io::Task<Result<http::Response>> name(Exchange exchange, azure::Authorized authorized)

LAPIS_HANDLER(list_containers);
LAPIS_HANDLER(get_account_information);
LAPIS_HANDLER(get_blob_service_properties);
LAPIS_HANDLER(get_blob_service_stats);
LAPIS_HANDLER(set_blob_service_properties);
LAPIS_HANDLER(blob_batch);
LAPIS_HANDLER(create_container);
LAPIS_HANDLER(get_container_properties);
LAPIS_HANDLER(get_container_metadata);
LAPIS_HANDLER(set_container_metadata);
LAPIS_HANDLER(get_container_acl);
LAPIS_HANDLER(set_container_acl);
LAPIS_HANDLER(delete_container);
LAPIS_HANDLER(restore_container);
LAPIS_HANDLER(lease_container);
LAPIS_HANDLER(list_blobs);
LAPIS_HANDLER(get_blob);
LAPIS_HANDLER(get_blob_properties);
LAPIS_HANDLER(get_blob_metadata);
LAPIS_HANDLER(set_blob_metadata);
LAPIS_HANDLER(set_blob_properties);
LAPIS_HANDLER(set_blob_tier);
LAPIS_HANDLER(set_blob_immutability_policy);
LAPIS_HANDLER(delete_blob_immutability_policy);
LAPIS_HANDLER(set_blob_legal_hold);
LAPIS_HANDLER(lease_blob);
LAPIS_HANDLER(get_blob_tags);
LAPIS_HANDLER(set_blob_tags);
LAPIS_HANDLER(find_blobs_by_tags);
LAPIS_HANDLER(put_blob);
LAPIS_HANDLER(delete_blob);
LAPIS_HANDLER(undelete_blob);
LAPIS_HANDLER(snapshot_blob);
LAPIS_HANDLER(put_block);
LAPIS_HANDLER(put_block_list);
LAPIS_HANDLER(put_append_blob);
LAPIS_HANDLER(append_block);
LAPIS_HANDLER(append_block_from_url);
LAPIS_HANDLER(append_blob_seal);
LAPIS_HANDLER(get_block_list);
LAPIS_HANDLER(put_page_blob);
LAPIS_HANDLER(put_page);
LAPIS_HANDLER(get_page_ranges);
LAPIS_HANDLER(put_blob_from_url);
LAPIS_HANDLER(put_block_from_url);
LAPIS_HANDLER(put_page_from_url);
LAPIS_HANDLER(copy_blob_from_url);
LAPIS_HANDLER(copy_blob);
LAPIS_HANDLER(incremental_copy_blob);
LAPIS_HANDLER(abort_copy_blob);

// The answer to a batch that fails as a whole.
http::Response fail_batch(const azure::Call& batch, Subrequests& subrequests, const Error& error);

}  // namespace lapis::gateway
