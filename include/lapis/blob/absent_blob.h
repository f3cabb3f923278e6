// What a request may say of a blob that is not there. It went by the version of the service.
#pragma once

namespace lapis::blob {

// As since 2017-04-17, unless it is said otherwise.
struct AbsentBlob {
  // Whether any lease id will do: until 2013-08-15.
  bool takes_any_lease = false;
  // Whether `If-Match: *` holds where blocks are staged: until 2017-04-17.
  bool staged_is_any = false;
};

}  // namespace lapis::blob
