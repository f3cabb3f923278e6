// Where the command line takes an account's key from.
#pragma once

#include <iosfwd>
#include <string>

#include "lapis/azure/accounts.h"
#include "lapis/base/result.h"

namespace lapis::ctl {

struct KeyOptions {
  std::string account{azure::kDevelopmentAccount};
  std::string key;   // base64
  std::string file;  // a path; "-" is `in`
};

// The account with one key: the one given, else the first line of the file, else the well-known one
// of the development account. Errors (the detail is for the user): no key for another account, a
// file that cannot be read, a key that is none. Never shows a key.
Result<azure::Account> load_account(const KeyOptions& options, std::istream& in);

}  // namespace lapis::ctl
