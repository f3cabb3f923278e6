// Opens connections: name, connect, handshake. The client's.
#pragma once

#include <memory>

#include "http/alarm.h"
#include "http/tls.h"
#include "http/transport.h"
#include "lapis/http/client.h"
#include "lapis/io/task.h"

namespace lapis::http {

// A connection to `options.host`, its handshake done. `tls` is null for a plain one and outlives
// the transport; `options` and `alarm` outlive the task. Gives up when the alarm rings, by itself
// or because it is told to. Errors: see Client.
io::Task<Result<std::unique_ptr<Transport>>> connect_transport(io::Shard& shard,
                                                               const ClientOptions& options,
                                                               TlsContext* tls, Alarm& alarm);

}  // namespace lapis::http
