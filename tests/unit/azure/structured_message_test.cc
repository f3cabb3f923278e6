#include "lapis/azure/structured_message.h"

#include <gtest/gtest.h>

#include <string>

#include "lapis/base/crc64.h"
#include "support/azure_call.h"
#include "support/hex.h"
#include "support/structured.h"

namespace lapis::azure {
namespace {

using test::field_of;
using test::structured;

// "hello" as the SDK for JavaScript sends it.
constexpr const char* kVector =
    "012c0000000000000001000100010005000000000000"  // 44 bytes, CRC-64, one segment of 5 bytes
    "0068656c6c6f57425206708577335742520670857733";
constexpr const char* kForm = "XSM/1.0; properties=crc64";

// What is wrong with a message, by the code of the error; "" for nothing.
std::string check(const std::string& message, std::uint64_t payload, std::string* found = nullptr) {
  StructuredDecoder decoder(message.size(), payload);
  std::string_view rest = message;
  while (!decoder.done()) {
    const std::size_t framing = decoder.framing();
    const std::uint64_t size = framing != 0 ? framing : decoder.payload();
    if (size > rest.size()) return "ends early";
    const std::string_view piece = rest.substr(0, size);
    rest.remove_prefix(size);
    if (framing == 0) {
      decoder.take_payload(as_bytes(piece));
      if (found != nullptr) found->append(piece);
    } else if (const auto taken = decoder.take_framing(as_bytes(piece)); !taken) {
      return std::string(info(taken.error().code).azure_code);
    }
  }
  return rest.empty() ? "" : "ends late";
}

std::string encode(const std::string& payload, std::size_t piece = 1 << 20) {
  StructuredEncoder encoder(payload.size());
  std::string message;
  std::string_view rest = payload;
  while (!encoder.done()) {
    const auto size = std::min<std::uint64_t>(encoder.payload(), piece);
    if (size == 0) {
      message += as_text(encoder.framing());
      continue;
    }
    message += rest.substr(0, size);
    encoder.give_payload(as_bytes(rest.substr(0, size)));
    rest.remove_prefix(size);
  }
  EXPECT_EQ(message.size(), encoder.length());
  return message;
}

TEST(StructuredMessage, Vector) {
  const std::string message = structured("hello", 100);
  ASSERT_EQ(test::to_hex(as_bytes(message)), kVector);
  std::string found;
  EXPECT_EQ(check(message, 5, &found), "");
  EXPECT_EQ(found, "hello");
  EXPECT_EQ(encode("hello"), message);
}

TEST(StructuredMessage, EmptyPayloadHasNoSegment) {
  EXPECT_EQ(encode("").size(), 21u);
  EXPECT_EQ(encode(""), structured("", 100));
  EXPECT_EQ(check(encode(""), 0), "");
}

TEST(StructuredMessage, SegmentsOfAnySizeAreTaken) {
  const std::string payload(1000, 'p');
  for (const std::size_t size : {1u, 7u, 999u, 1000u, 4096u}) {
    std::string found;
    EXPECT_EQ(check(structured(payload, size), 1000, &found), "") << size;
    EXPECT_EQ(found, payload) << size;
  }
}

TEST(StructuredMessage, SegmentsAreGivenOf4MiB) {
  for (const std::size_t size : {(4u << 20) - 1, 4u << 20, (4u << 20) + 1, 9u << 20}) {
    std::string payload(size, 'p');
    payload[size / 2] = 'q';
    const std::string message = encode(payload, 100'003);
    EXPECT_TRUE(message == structured(payload, 4 << 20)) << size;
    EXPECT_EQ(check(message, size), "") << size;
  }
}

// The number of a segment has 16 bits.
TEST(StructuredMessage, SegmentsOfAHugePayloadAreLarger) {
  constexpr std::uint64_t kMost = 0xffffull * (4 << 20);
  EXPECT_EQ(StructuredEncoder(kMost).length(), kMost + 21 + 18 * 0xffffull);
  const std::uint64_t more = StructuredEncoder(kMost + 1).length();
  EXPECT_EQ(more, kMost + 1 + 21 + 18 * 0x8000ull);
}

// Each byte of framing and payload counts.
TEST(StructuredMessage, EveryDamagedByteIsFound) {
  const std::string whole = structured("some payload", 5);
  ASSERT_EQ(check(whole, 12), "");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char flip : {'\x01', '\x80'}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      const std::string code = check(damaged, 12);
      EXPECT_TRUE(code == "InvalidInput" || code == "Crc64Mismatch") << at << " " << code;
    }
  }
}

TEST(StructuredMessage, WhatDoesNotFitTogether) {
  struct Case {
    const char* what;
    std::string message;
    std::uint64_t payload;
  };
  const std::string whole = structured("some payload", 5);
  const Case cases[] = {
      {"another payload", whole, 11},
      {"another payload, longer", whole, 13},
      {"cut", whole.substr(0, whole.size() - 1), 12},
      {"longer", whole + "x", 12},
      {"a segment fewer than its payload", structured("", 5), 12},
  };
  for (const Case& c : cases) EXPECT_EQ(check(c.message, c.payload), "InvalidInput") << c.what;
}

struct HeaderCase {
  const char* form;
  const char* length;
  const char* content_length;
  const char* code;  // of the error; "" for none
  std::optional<std::uint64_t> payload = {};
};

TEST(StructuredPayload, OfHeaders) {
  const HeaderCase cases[] = {
      {"", "", "44", ""},
      {kForm, "5", "44", "", 5},
      {"xsm/1.0;properties=CRC64", "5", "44", "", 5},
      {kForm, "0", "21", "", 0},
      {kForm, "5", "62", "", 5},  // two segments
      {kForm, "0", "39", "", 0},  // an empty segment
      {"", "5", "44", "UnsupportedHeader"},
      {kForm, "", "44", "MissingRequiredHeader"},
      {kForm, "x", "44", "InvalidHeaderValue"},
      {kForm, "-5", "44", "InvalidHeaderValue"},
      {kForm, "6", "44", "InvalidHeaderValue"},
      {kForm, "5", "26", "InvalidHeaderValue"},  // no segment
      {kForm, "5", "20", "InvalidHeaderValue"},
      {kForm, "18446744073709551615", "44", "InvalidHeaderValue"},
      {"XSM/2.0; properties=crc64", "5", "44", "InvalidHeaderValue"},
      {"XSM/1.0", "5", "44", "InvalidHeaderValue"},
      {"XSM/1.0; properties=md5", "5", "44", "InvalidHeaderValue"},
  };
  for (const HeaderCase& c : cases) {
    const auto request = test::make_request("PUT", "/acct/box/b",
                                            {{"x-ms-structured-body", c.form},
                                             {"x-ms-structured-content-length", c.length},
                                             {"Content-Length", c.content_length}});
    const auto payload = structured_payload(request);
    EXPECT_EQ(payload ? "" : info(payload.error().code).azure_code, c.code)
        << c.form << " " << c.length << " " << c.content_length;
    if (payload) EXPECT_EQ(*payload, c.payload) << c.length;
  }
}

TEST(StructuredPayload, NoOtherHashBeside) {
  for (const char* hash : {"Content-MD5", "x-ms-content-crc64"}) {
    const auto request = test::make_request("PUT", "/acct/box/b",
                                            {{"x-ms-structured-body", kForm},
                                             {"x-ms-structured-content-length", "5"},
                                             {"Content-Length", "44"},
                                             {hash, "AAAAAAAAAAA="}});
    const auto payload = structured_payload(request);
    ASSERT_FALSE(payload) << hash;
    EXPECT_EQ(field_of(payload.error(), "HeaderName"), hash);
  }
}

}  // namespace
}  // namespace lapis::azure
