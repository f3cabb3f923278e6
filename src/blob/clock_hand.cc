#include "blob/clock_hand.h"

namespace lapis::blob {

void ClockHand::begin_round() {
  began_ = at_;
  wrapped_ = false;
}

io::Task<Result<RowPage>> ClockHand::next(Service& service) {
  while (true) {
    const std::string& last = wrapped_ ? began_ : last_;
    if (at_ < last) {
      LAPIS_CO_TRY(RowPage page, co_await read_page(service, at_, last));
      if (!page.empty()) {
        at_ = after(page);
        co_return page;
      }
    }
    if (wrapped_ || began_ == first_) break;
    wrapped_ = true;
    at_ = first_;
  }
  at_ = began_;
  wrapped_ = false;
  co_return RowPage{};
}

}  // namespace lapis::blob
