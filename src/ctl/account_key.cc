#include "ctl/account_key.h"

#include <fstream>
#include <istream>

namespace lapis::ctl {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

Result<std::string> first_line(std::istream& in, const std::string& name) {
  std::string line;
  if (!std::getline(in, line)) return fail(ErrorCode::kInvalidInput, name + " cannot be read");
  const auto first = line.find_first_not_of(kBlanks);
  if (first == line.npos) return fail(ErrorCode::kInvalidInput, name + " holds no key");
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

Result<std::string> find_key(const KeyOptions& options, std::istream& in) {
  if (!options.key.empty()) return options.key;
  if (options.file == "-") return first_line(in, "standard input");
  if (!options.file.empty()) {
    std::ifstream file(options.file);
    return first_line(file, "key file " + options.file);
  }
  if (options.account == azure::kDevelopmentAccount) return std::string(azure::kDevelopmentKey);
  return fail(ErrorCode::kInvalidInput,
              "account " + options.account + " needs --key-file or --key");
}

}  // namespace

Result<azure::Account> load_account(const KeyOptions& options, std::istream& in) {
  LAPIS_TRY(const std::string key, find_key(options, in));
  return azure::make_account(options.account, {key});
}

}  // namespace lapis::ctl
