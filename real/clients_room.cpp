// What all clients take up together, and who has to go when it is too much.
//
// While answers, waiting or expected, fill half of client_memory_max, nothing more is asked of the
// core for anybody; who takes no answers for a second is cut off, so that this does not last. That
// alone holds the whole within its bound unless many answers are much longer than those before
// them, or requests fill it: then the largest goes, and who reads is spared until it is twice.
#include <algorithm>

#include "core/base/assert.hpp"
#include "real/clients.hpp"

namespace snowflk::real {
namespace {

constexpr Duration kCrowdedPatience = seconds(1);
constexpr Duration kFullPatience = milliseconds(100);
constexpr Duration kMakeRoomInterval = milliseconds(100);

u64 answers_of(const Client& client) { return client.unsent_counted; }
u64 all_of(const Client& client) { return client.input_counted + client.unsent_counted; }

}  // namespace

/// Brings the sums up to date with `client`.
void Clients::count(Client& client) {
  const auto move = [](u64& sum, u64& counted, u64 now) {
    SNOWFLK_ASSERT(sum >= counted);
    sum += now - counted;
    counted = now;
  };
  move(input_bytes_, client.input_counted, client.stream.input.size());
  move(unsent_bytes_, client.unsent_counted, client.unsent());
  move(promised_bytes_, client.promised_counted, client.waiting_weight().reply_bytes);
}

void Clients::count_out(const Client& client) {
  SNOWFLK_ASSERT(input_bytes_ >= client.input_counted);
  SNOWFLK_ASSERT(unsent_bytes_ >= client.unsent_counted);
  SNOWFLK_ASSERT(promised_bytes_ >= client.promised_counted);
  input_bytes_ -= client.input_counted;
  unsent_bytes_ -= client.unsent_counted;
  promised_bytes_ -= client.promised_counted;
}

bool Clients::is_crowded() const {
  return unsent_bytes_ + promised_bytes_ >= config_.limits.client_bytes_max / 2;
}

void Clients::let_in_crowded_out() {
  if (crowded_out_.empty() || is_crowded()) return;
  for (const u64 id : crowded_out_) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) continue;
    found->second.crowded_out = false;
    touch(found->second);
  }
  crowded_out_.clear();
}

void Clients::make_room(Instant now) {
  const u64 most = config_.limits.client_bytes_max;
  const u64 held = input_bytes_ + unsent_bytes_;
  if (held >= 2 * most) end_largest(now, Duration{0}, all_of, most);
  if (held < most && !is_crowded()) return;
  if (now >= make_room_at_) {
    make_room_at_ = now + kMakeRoomInterval;
    if (held >= most) end_largest(now, kFullPatience, all_of, most / 4 * 3);
    if (is_crowded()) end_largest(now, kCrowdedPatience, answers_of, most / 4);
  }
  look_at_ = std::min(look_at_, make_room_at_);
}

/// Of those that have not moved for `patience`, ends the largest, and the next, until all together
/// have no more than `goal`.
void Clients::end_largest(Instant now, Duration patience, u64 (*bytes_of)(const Client&),
                          u64 goal) {
  std::vector<Client*> candidates;
  u64 sum = 0;
  for (auto& [id, client] : clients_) {
    sum += bytes_of(client);
    if (!client.ending.empty() || bytes_of(client) == 0 || now - client.moved < patience) continue;
    candidates.push_back(&client);
  }
  std::ranges::sort(candidates, [&](const Client* a, const Client* b) {
    if (bytes_of(*a) != bytes_of(*b)) return bytes_of(*a) > bytes_of(*b);
    return a->session.id < b->session.id;
  });
  for (Client* client : candidates) {
    if (sum <= goal) return;
    sum -= bytes_of(*client);
    client->end("it takes up too much of what clients may take up together (client_memory_max)");
    touch(*client);
  }
}

}  // namespace snowflk::real
