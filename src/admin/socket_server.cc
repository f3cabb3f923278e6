#include "lapis/admin/socket_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <list>
#include <system_error>
#include <thread>

#include "admin/line_channel.h"
#include "admin/listening_socket.h"
#include "lapis/base/log.h"
#include "lapis/io/file.h"

namespace lapis::admin {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxClients = 8;
constexpr LineChannel::ReadLimits kRequests{64 << 10, milliseconds(60'000), milliseconds(10'000)};
constexpr milliseconds kStalled{10'000};
constexpr std::string_view kBusy =
    R"({"ok":false,"error":{"code":"ServerBusy","message":"too many admin clients"}})";

// One client, served on a thread of its own: commands may block, and long ones last.
class Client final : public Caller {
 public:
  Client(io::UniqueFd socket, int wake, const std::atomic<bool>& stopping,
         const CommandTable& commands, const Clock& clock)
      : channel_(std::move(socket), wake, clock),
        stopping_(stopping),
        commands_(commands),
        thread_([this] { serve(); }) {}
  ~Client() override { thread_.join(); }

  bool is_gone() const override { return stopping_.load() || channel_.is_closed(); }
  bool has_ended() const { return ended_.load(); }

 private:
  void serve() {
    while (!stopping_.load()) {
      auto line = channel_.read_line(kRequests);
      if (!line || !*line) break;
      if (!channel_.write_line(commands_.answer(**line, *this), kStalled)) break;
    }
    channel_.hang_up();
    ended_.store(true);
  }

  LineChannel channel_;
  const std::atomic<bool>& stopping_;
  const CommandTable& commands_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

class OwnSocketServer final : public SocketServer {
 public:
  OwnSocketServer(ListeningSocket socket, io::UniqueFd wake, CommandTable commands,
                  const Clock& clock)
      : socket_(std::move(socket)),
        wake_(std::move(wake)),
        commands_(std::move(commands)),
        clock_(clock),
        thread_([this] { accept_clients(); }) {}
  ~OwnSocketServer() override { stop(); }

  void stop() override {
    if (stopping_.exchange(true)) return;
    const std::uint64_t one = 1;
    if (::write(wake_.get(), &one, sizeof one) != sizeof one) {
      log_error("admin", "the admin socket cannot be woken");
    }
    thread_.join();
    clients_.clear();
    socket_.reset();
  }

 private:
  void accept_clients() {
    while (!stopping_.load()) {
      std::array<pollfd, 2> polled{{{socket_->get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
      if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) break;
      if (polled[0].revents != 0) accept_one();
    }
  }

  void accept_one() {
    io::UniqueFd socket(::accept4(socket_->get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
      // Where descriptors have run out, the client waits in the backlog for a moment.
      if (errno == EMFILE || errno == ENFILE) ::poll(nullptr, 0, 100);
      return;
    }
    clients_.remove_if([](const auto& client) { return client->has_ended(); });
    if (clients_.size() >= kMaxClients) {
      LineChannel refused(std::move(socket), wake_.get(), clock_);
      (void)refused.write_line(kBusy, milliseconds(1));
      return;
    }
    try {
      clients_.push_back(
          std::make_unique<Client>(std::move(socket), wake_.get(), stopping_, commands_, clock_));
    } catch (const std::system_error& error) {  // no thread to be had: the client sees it hang up
      log_warn("admin", "a client cannot be served", {{"error", error.what()}});
    }
  }

  std::optional<ListeningSocket> socket_;
  const io::UniqueFd wake_;  // readable once stopping
  const CommandTable commands_;
  const Clock& clock_;
  std::atomic<bool> stopping_ = false;
  std::list<std::unique_ptr<Client>> clients_;  // of `thread_`, until it has ended
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<SocketServer>> SocketServer::start(const std::filesystem::path& path,
                                                          CommandTable commands,
                                                          const Clock& clock) {
  io::UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return fail(io::from_errno(errno, "eventfd"));
  LAPIS_TRY(ListeningSocket socket, ListeningSocket::open(path));
  return std::make_unique<OwnSocketServer>(std::move(socket), std::move(wake), std::move(commands),
                                           clock);
}

std::filesystem::path default_socket(const std::filesystem::path& metadata_path) {
  return metadata_path / "admin.sock";
}

}  // namespace lapis::admin
