#include "azure/signing/sas_string.h"

#include <gtest/gtest.h>

namespace lapis::azure {
namespace {

// Every field filled with its own name.
SasFields fields(std::uint32_t version, SasKind kind = SasKind::kService) {
  SasFields sas;
  sas.kind = kind;
  sas.version = ServiceVersion{version};
  for (std::size_t i = 0; i < kSasFieldCount; ++i) {
    sas.values[i] = parameter_name(static_cast<SasField>(i));
  }
  return sas;
}

struct Layout {
  const char* name;
  std::uint32_t version;
  std::string_view expected;
};

class ServiceSasString : public testing::TestWithParam<Layout> {};

TEST_P(ServiceSasString, HasTheLinesOfItsVersion) {
  EXPECT_EQ(service_sas_string(fields(GetParam().version), {"acct", "box", ""}),
            GetParam().expected);
}

constexpr Layout kLayouts[] = {
    {"V20120212", 20120212, "sp\nst\nse\n/acct/box\nsi\nsv"},
    {"V20130815", 20130815, "sp\nst\nse\n/acct/box\nsi\nsv\nrscc\nrscd\nrsce\nrscl\nrsct"},
    {"V20140214", 20140214, "sp\nst\nse\n/acct/box\nsi\nsv\nrscc\nrscd\nrsce\nrscl\nrsct"},
    {"V20150221", 20150221, "sp\nst\nse\n/blob/acct/box\nsi\nsv\nrscc\nrscd\nrsce\nrscl\nrsct"},
    {"V20150405", 20150405,
     "sp\nst\nse\n/blob/acct/box\nsi\nsip\nspr\nsv\nrscc\nrscd\nrsce\nrscl\nrsct"},
    {"V20180328", 20180328,
     "sp\nst\nse\n/blob/acct/box\nsi\nsip\nspr\nsv\nrscc\nrscd\nrsce\nrscl\nrsct"},
    {"V20181109", 20181109,
     "sp\nst\nse\n/blob/acct/box\nsi\nsip\nspr\nsv\nsr\n\nrscc\nrscd\nrsce\nrscl\nrsct"},
    {"V20201002", 20201002,
     "sp\nst\nse\n/blob/acct/box\nsi\nsip\nspr\nsv\nsr\n\nrscc\nrscd\nrsce\nrscl\nrsct"},
    {"V20201206", 20201206,
     "sp\nst\nse\n/blob/acct/box\nsi\nsip\nspr\nsv\nsr\n\nses\nrscc\nrscd\nrsce\nrscl\nrsct"},
    {"V20261006", 20261006,
     "sp\nst\nse\n/blob/acct/box\nsi\nsip\nspr\nsv\nsr\n\nses\nrscc\nrscd\nrsce\nrscl\nrsct"},
};
INSTANTIATE_TEST_SUITE_P(Versions, ServiceSasString, testing::ValuesIn(kLayouts),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ServiceSasString, NamesTheBlobForABlobOnly) {
  SasFields sas = fields(20211202);
  sas.values[static_cast<std::size_t>(SasField::kResource)] = "b";
  EXPECT_NE(service_sas_string(sas, {"acct", "box", "a b/\xC3\xBC"})
                .find("\n/blob/acct/box/a b/\xC3\xBC\n"),
            std::string::npos);
  sas.values[static_cast<std::size_t>(SasField::kResource)] = "c";
  EXPECT_NE(service_sas_string(sas, {"acct", "box", "a"}).find("\n/blob/acct/box\n"),
            std::string::npos);
}

TEST(AccountSasString, EndsEveryLine) {
  EXPECT_EQ(account_sas_string(fields(20150405, SasKind::kAccount), "acct"),
            "acct\nsp\nss\nsrt\nst\nse\nsip\nspr\nsv\n");
  EXPECT_EQ(account_sas_string(fields(20201002, SasKind::kAccount), "acct"),
            "acct\nsp\nss\nsrt\nst\nse\nsip\nspr\nsv\n");
  EXPECT_EQ(account_sas_string(fields(20201206, SasKind::kAccount), "acct"),
            "acct\nsp\nss\nsrt\nst\nse\nsip\nspr\nsv\nses\n");
}

}  // namespace
}  // namespace lapis::azure
