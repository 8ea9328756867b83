#include "real/event_log.hpp"

#include "core/trace/text.hpp"
#include "real/log.hpp"

namespace snowflk::real {
namespace {

using Level = LogLevel;

Level level_of(const node::NodeEvent& event) {
  return std::visit(Overloaded{[](const node::Started&) { return Level::info; },
                               [](const node::Applied&) { return Level::trace; },
                               // Of what is passed over the links say a line (links.cpp).
                               [](const node::FrameRejected& e) {
                                 return wire::ends_stream(e.fault) ? Level::warn : Level::debug;
                               },
                               // The server says it in a sentence.
                               [](const node::Refusing&) { return Level::debug; }},
                    event);
}

Level level_of(const raft::Event& event) {
  return std::visit(Overloaded{[](const raft::BecameLeader&) { return Level::info; },
                               [](const raft::SteppedDown&) { return Level::info; },
                               [](const raft::LeaderFollowed&) { return Level::info; },
                               [](const raft::LogTruncated&) { return Level::info; },
                               [](const raft::MessageRefused&) { return Level::error; },
                               [](const raft::EntriesAppended&) { return Level::trace; },
                               [](const raft::CommitAdvanced&) { return Level::trace; },
                               [](const auto&) { return Level::debug; }},
                    event);
}

Level level_of(const bitcask::Event& event) {
  return std::visit(Overloaded{[](const bitcask::SegmentOpened&) { return Level::info; },
                               [](const bitcask::TornTailDropped&) { return Level::warn; },
                               [](const bitcask::RotFound&) { return Level::error; },
                               // Again and again while it lasts; the server says it (refusals.hpp).
                               [](const bitcask::NoSpace&) { return Level::debug; },
                               [](const auto&) { return Level::trace; }},
                    event);
}

}  // namespace

void log_events(std::span<const node::Event> events) {
  for (const auto& event : events) {
    const Level level =
        std::visit([](const auto& of_module) { return level_of(of_module); }, event);
    if (logs(level)) log_line(level, trace::to_text(event));
  }
}

}  // namespace snowflk::real
