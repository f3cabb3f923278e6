#include <gtest/gtest.h>

#include "gateway/route.h"
#include "support/azure_call.h"

namespace lapis::gateway {
namespace {

struct Case {
  const char* name;
  http::Method method;
  azure::Resource resource;
  const char* query;
  std::vector<test::Field> headers;
  const char* route;  // or the code of the error
};

using azure::Resource;
using http::Method;

class FindRoute : public testing::TestWithParam<Case> {};

TEST_P(FindRoute, PicksTheOperation) {
  const Case& c = GetParam();
  http::Request request;
  request.method = c.method;
  for (const test::Field& header : c.headers) request.headers.add(header.name, header.value);
  azure::Target target;
  target.resource = c.resource;
  target.query = azure::Query::parse(c.query).value();
  const azure::Call call{request, std::move(target), {}, {}};
  const auto route = find_route(call);
  if (route) {
    EXPECT_EQ((*route)->name, c.route);
  } else {
    EXPECT_EQ(info(route.error().code).azure_code, c.route);
  }
}

const Case kCases[] = {
    {"PutBlob", Method::kPut, Resource::kBlob, "", {}, "PutBlob"},
    {"PutBlobTyped",
     Method::kPut,
     Resource::kBlob,
     "",
     {{"x-ms-blob-type", "BlockBlob"}},
     "PutBlob"},
    {"AppendBlob",
     Method::kPut,
     Resource::kBlob,
     "",
     {{"x-ms-blob-type", "appendblob"}},
     "PutAppendBlob"},
    {"PageBlob",
     Method::kPut,
     Resource::kBlob,
     "",
     {{"x-ms-blob-type", "PageBlob"}},
     "PutPageBlob"},
    {"Copy", Method::kPut, Resource::kBlob, "", {{"x-ms-copy-source", "u"}}, "CopyBlob"},
    {"CopySync",
     Method::kPut,
     Resource::kBlob,
     "",
     {{"x-ms-copy-source", "u"}, {"x-ms-requires-sync", "true"}},
     "CopyBlobFromURL"},
    {"PutFromUrl",
     Method::kPut,
     Resource::kBlob,
     "",
     {{"x-ms-copy-source", "u"}, {"x-ms-blob-type", "BlockBlob"}},
     "PutBlobFromURL"},
    {"Block", Method::kPut, Resource::kBlob, "comp=block&blockid=QQ%3D%3D", {}, "PutBlock"},
    {"BlockFromUrl",
     Method::kPut,
     Resource::kBlob,
     "comp=block",
     {{"x-ms-copy-source", "u"}},
     "PutBlockFromURL"},
    {"CompIgnoresCase", Method::kPut, Resource::kBlob, "comp=BlockList", {}, "PutBlockList"},
    {"ListBlobs",
     Method::kGet,
     Resource::kContainer,
     "restype=container&comp=list",
     {},
     "ListBlobs"},
    {"ListContainers", Method::kGet, Resource::kService, "comp=list", {}, "ListContainers"},
    {"AccountInfoOnBlob",
     Method::kHead,
     Resource::kBlob,
     "restype=account&comp=properties",
     {},
     "GetAccountInformation"},
    {"UnknownComp",
     Method::kGet,
     Resource::kBlob,
     "comp=nonsense",
     {},
     "InvalidQueryParameterValue"},
    {"UnknownRestype",
     Method::kGet,
     Resource::kContainer,
     "restype=nonsense",
     {},
     "InvalidQueryParameterValue"},
    {"WrongMethod", Method::kPost, Resource::kBlob, "", {}, "UnsupportedHttpVerb"},
};

INSTANTIATE_TEST_SUITE_P(Requests, FindRoute, testing::ValuesIn(kCases),
                         [](const auto& p) { return std::string(p.param.name); });

TEST(Routes, NoTwoRowsAnswerTheSameRequest) {
  const auto rows = routes();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = i + 1; j < rows.size(); ++j) {
      const bool same_url = rows[i].method == rows[j].method &&
                            rows[i].resource == rows[j].resource &&
                            rows[i].restype == rows[j].restype && rows[i].comp == rows[j].comp;
      const bool same_headers = rows[i].headers[0].name == rows[j].headers[0].name &&
                                rows[i].headers[0].value == rows[j].headers[0].value &&
                                rows[i].headers[1].name == rows[j].headers[1].name;
      EXPECT_FALSE(same_url && same_headers) << rows[i].name << " and " << rows[j].name;
    }
  }
}

}  // namespace
}  // namespace lapis::gateway
