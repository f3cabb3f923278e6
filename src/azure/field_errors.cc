#include "azure/field_errors.h"

#include <utility>

namespace lapis::azure {
namespace {

Error error(ErrorCode code, std::string_view culprit) { return Error{code, std::string(culprit)}; }

}  // namespace

Error invalid_header(std::string_view name, std::string_view value) {
  return error(ErrorCode::kInvalidHeaderValue, name)
      .with("HeaderName", std::string(name))
      .with("HeaderValue", std::string(value));
}

Error missing_header(std::string_view name) {
  return error(ErrorCode::kMissingRequiredHeader, name).with("HeaderName", std::string(name));
}

Error unsupported_header(std::string_view name) {
  return error(ErrorCode::kUnsupportedHeader, name).with("HeaderName", std::string(name));
}

Error invalid_parameter(std::string_view name, std::string_view value, std::string_view reason) {
  Error result = error(ErrorCode::kInvalidQueryParameterValue, name)
                     .with("QueryParameterName", std::string(name))
                     .with("QueryParameterValue", std::string(value));
  if (!reason.empty()) result.fields.push_back({"Reason", std::string(reason)});
  return result;
}

Error missing_parameter(std::string_view name) {
  return error(ErrorCode::kMissingRequiredQueryParameter, name)
      .with("QueryParameterName", std::string(name));
}

Error unsupported_parameter(std::string_view name) {
  return error(ErrorCode::kUnsupportedQueryParameter, name)
      .with("QueryParameterName", std::string(name));
}

Error invalid_xml_node(std::string_view name, std::string_view value, std::string_view reason) {
  return error(ErrorCode::kInvalidXmlNodeValue, name)
      .with("XmlNodeName", std::string(name))
      .with("XmlNodeValue", std::string(value))
      .with("Reason", std::string(reason));
}

Error missing_xml_node(std::string_view name) {
  return error(ErrorCode::kMissingRequiredXmlNode, name).with("XmlNodeName", std::string(name));
}

Error unsupported_xml_node(std::string_view name) {
  return error(ErrorCode::kUnsupportedXmlNode, name).with("XmlNodeName", std::string(name));
}

Error xml_node_not_implemented(std::string_view name) {
  return error(ErrorCode::kNotImplemented, name).with("XmlNodeName", std::string(name));
}

Error not_implemented(std::string_view operation) {
  return error(ErrorCode::kNotImplemented, operation).with("OperationName", std::string(operation));
}

Error authentication_failed(const std::string& detail) {
  return Error{ErrorCode::kAuthenticationFailed, detail}.with("AuthenticationErrorDetail", detail);
}

}  // namespace lapis::azure
