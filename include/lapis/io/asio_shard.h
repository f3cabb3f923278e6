// The Asio side of a shard, for the http module only: it costs seconds a file.
#pragma once

#include <boost/asio/io_context.hpp>

#include "lapis/io/shard.h"

namespace lapis::io {

// The shard's event loop. Used on the shard's thread only.
boost::asio::io_context& context_of(Shard& shard);

}  // namespace lapis::io
