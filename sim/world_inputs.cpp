// What has become due, and how it reaches its node: messages, deadlines, the disk, clients.
#include "sim/world.hpp"

namespace snowflk::sim {

namespace {

/// Of a kind that ours does not know, and the node, which is ahead, does: it does nothing about it.
bool is_known_news(const Seat& at, const Message& message) {
  if (at.version <= 0 || message.damaged) return false;
  const i64 version = version_of_kind(message.bytes);
  return version > 0 && version <= at.version;
}

}  // namespace

bool World::on_datagram(const Pending& pending, StepRecord& record) {
  Message* message = network_.arrive(pending.argument);
  if (message == nullptr) return false;
  Seat& at = place(record.node);
  if (at.running && !is_known_news(at, *message)) deliver_frame(at, *message, record);
  network_.release(pending.argument);
  return record.stepped;
}

bool World::on_stream_message(const Pending& pending, StepRecord& record) {
  const NodeId from = streams_.message(pending.argument).from;
  Message* message = streams_.arrive(pending.argument, reach(from, record.node));
  if (message == nullptr) return false;
  Seat& at = place(record.node);
  SNOWFLK_ASSERT(at.running);  // a crash breaks the stream
  if (!is_known_news(at, *message)) deliver_frame(at, *message, record);
  streams_.release(pending.argument);
  return record.stepped;
}

bool World::on_stream(const Pending& pending, StepRecord& record) {
  Seat& at = place(record.node);
  if (!at.running) return false;
  if (pending.kind == EventKind::stream_up) {
    StreamUp up;
    if (!streams_.up(record.node, pending.argument, up)) return false;
    record.what = up;
    input(at, node::PeerUp{.peer = up.peer, .epoch = up.epoch}, record);
    return true;
  }
  StreamDown down;
  if (!streams_.down(record.node, pending.argument, down, schedule_, current())) return false;
  record.what = down;
  input(at, node::PeerDown{.peer = down.peer, .epoch = down.epoch}, record);
  return true;
}

bool World::on_wake(const Pending& pending, StepRecord& record) {
  Seat& at = place(record.node);
  if (pending.argument != at.wake_number) return false;  // an earlier one took its place
  at.wake_at = kEndOfTime;
  if (at.timers_held) return false;
  if (at.clock.when(at.deadline, schedule_.now()) > schedule_.now()) {
    set_deadline(at, at.deadline);  // it had moved back since
    return false;
  }
  record.cause = at.deadline_cause;
  record.what = DeadlineReached{};
  input(at, node::DeadlinePassed{}, record);
  return true;
}

bool World::on_disk_done(const Pending& pending, StepRecord& record) {
  Seat& at = place(record.node);
  const auto lane = static_cast<bitcask::Lane>(pending.argument);
  const DiskTask& task = at.disk.tasks(lane).front();
  record.cause = task.cause;
  // A trap springs on the operation as a whole, not on a part of it or on a disk that stalls.
  const bool finishes = at.disk.would_finish(lane, schedule_.now());
  if (finishes && springs(record.node, name_of(task.action), task.cause)) return false;
  const auto done = at.disk.finish(lane, schedule_, at.starts);
  if (!done) return false;
  record.what = *done;
  if (sprung_) {  // it is done, and the node never hears of it
    sprung_by_ = record.event;
    return true;
  }
  if (done->refused) {
    input(at, node::DiskRefused{.lane = lane, .sequence = done->sequence, .error = done->error},
          record);
  } else {
    input(at, node::DiskDone{.lane = lane, .up_to = done->sequence}, record);
  }
  return true;
}

bool World::on_read_done(const Pending& pending, StepRecord& record) {
  Seat& at = place(record.node);
  const Disk::Read read = at.disk.finish_read(pending.argument);
  record.what = ReadFinished{.file = read.asked.file,
                             .offset = read.asked.offset,
                             .length = read.asked.length,
                             .failed = !read.bytes.has_value()};
  record.read = read.asked.id;
  if (read.bytes) record.brought = read.bytes->size();
  input(at, node::ReadDone{.id = read.asked.id, .bytes = read.bytes}, record);
  return true;
}

bool World::on_crash(const Pending& pending, StepRecord& record) {
  Seat& at = place(record.node);
  const OrderedCrash order = OrderedCrash::unpacked(pending.argument);
  record.what = NodeCrashed{.kind = order.kind};
  if (order.version) {
    at.next_version = *order.version;
    record.what = NodeUpgraded{.version = *order.version};
  }
  if (!at.running) return order.version.has_value();
  at.disk.leave_under_way(order.under_way);
  end_incarnation(at, order.kind, order.unsynced);
  record.kept = kept_by(at, order.unsynced);
  record.stopped = true;
  if (order.comes_back) boot_later(at);
  return true;
}

// ---- Clients --------------------------------------------------------------------------------

bool World::on_request(const Pending& pending, StepRecord& record) {
  Seat& at = place(record.node);
  if (!at.running) {
    clients_.refuse(pending.argument, schedule_, current());
    return false;
  }
  if (!clients_.arrives(pending.argument)) return false;
  const Clients::Parcel& parcel = clients_.parcel(pending.argument);
  record.what = RequestArrived{.client = parcel.client, .operation = parcel.operation};
  input(at,
        node::ClientRequest{.client = node::ClientId{parcel.connection},
                            .request = node::RequestId{parcel.request},
                            .command = parcel.bytes},
        record);
  clients_.release(pending.argument);
  return true;
}

bool World::on_client(const Pending& pending, StepRecord& record) {
  if (pending.kind == EventKind::client_gone) {
    const auto left = clients_.leave(pending.argument);
    if (!left) return false;
    record.what = *left;
    Seat& at = place(record.node);
    SNOWFLK_ASSERT(at.running);  // a crash ends its connections
    input(at, node::ClientGone{.client = node::ClientId{pending.argument}}, record);
    return true;
  }
  record.node = {};
  if (pending.kind == EventKind::client_think) {
    const auto invoked = clients_.think(pending.argument, schedule_, current());
    if (invoked) record.what = *invoked;
    return invoked.has_value();
  }
  std::optional<Returned> returned;
  if (pending.kind == EventKind::client_reply) {
    returned = clients_.take_reply(pending.argument, schedule_, current());
  } else if (pending.kind == EventKind::client_broken) {
    returned = clients_.notice_broken(pending.argument, schedule_, current());
  } else {
    returned = clients_.give_up(pending.argument, schedule_, current());
  }
  if (returned) record.what = *returned;
  return returned.has_value();
}

}  // namespace snowflk::sim
