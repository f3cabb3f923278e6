#include "lapis/azure/accounts.h"

#include <utility>

#include "azure/names.h"
#include "lapis/base/base64.h"

namespace lapis::azure {

Result<Account> make_account(std::string name, const std::vector<std::string>& base64_keys) {
  if (!is_account_name(name)) {
    return fail(ErrorCode::kInvalidInput, "account name '" + name + "': 3 to 24 of a-z and 0-9");
  }
  if (base64_keys.empty() || base64_keys.size() > 2) {
    return fail(ErrorCode::kInvalidInput, "account '" + name + "' needs one or two keys");
  }
  Account account{std::move(name), {}, false};
  for (const std::string& text : base64_keys) {
    auto key = base64_decode(text);
    if (!key || key->empty()) {
      return fail(ErrorCode::kInvalidInput, "a key of account '" + account.name + "' is no base64");
    }
    account.keys.push_back(*std::move(key));
  }
  return account;
}

}  // namespace lapis::azure
