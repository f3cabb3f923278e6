// The XML of a page of List Blobs, written entry by entry.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "azure/xml/xml_writer.h"
#include "lapis/azure/call.h"
#include "lapis/azure/ops/list_blobs.h"
#include "lapis/base/date.h"
#include "lapis/blob/lease_view.h"

namespace lapis::azure {

// Borrows what it is made with. Used by one thread at a time.
class ListBlobsWriter::Page {
 public:
  Page(const Call& call, const ListBlobsQuery& query, const blob::ServiceClock& time);
  void blob(std::string_view name, const blob::BlobProperties& properties);
  void versions_only(std::string_view name, const blob::BlobProperties& properties);
  void uncommitted(std::string_view name);
  void prefix(std::string_view name);
  Result<std::string> finish(const blob::ListBlobsResult& result) &&;

 private:
  // Neighbours in a listing were often written in the same second.
  class DateText {
   public:
    const std::string& operator()(Timestamp time);

   private:
    std::chrono::sys_seconds second_{};
    std::string text_ = format_http_date({});
  };

  void write_head();
  void begin_entry();
  void write_name(std::string_view name);
  void write_state(const blob::BlobProperties& properties);
  void end_blob(const blob::BlobProperties& properties);
  void write_properties(const blob::BlobProperties& properties);
  void write_http_properties(const blob::HttpProperties& http);
  void write_tier(const blob::BlobProperties& properties);
  void write_encryption();
  void write_protection(const blob::BlobProperties& properties);
  void write_metadata(const blob::Metadata& metadata);

  const Call& call_;
  const ListBlobsQuery& query_;
  const blob::ServiceClock& time_;
  const std::string endpoint_;
  std::string text_;
  XmlWriter xml_;
  DateText created_, modified_, accessed_;
  bool any_ = false;
  Result<void> known_;  // whether the request's version knows the types of all
};

}  // namespace lapis::azure
