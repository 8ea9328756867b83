#include "real/event_log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "core/trace/text.hpp"

namespace snowflk::real {
namespace {

using Level = spdlog::level::level_enum;

Level level_of(const node::NodeEvent& event) {
  return std::visit(Overloaded{[](const node::Started&) { return Level::info; },
                               [](const node::Applied&) { return Level::trace; },
                               [](const node::FrameRejected&) { return Level::warn; },
                               [](const node::Refusing&) { return Level::err; }},
                    event);
}

Level level_of(const raft::Event& event) {
  return std::visit(Overloaded{[](const raft::BecameLeader&) { return Level::info; },
                               [](const raft::SteppedDown&) { return Level::info; },
                               [](const raft::LeaderFollowed&) { return Level::info; },
                               [](const raft::LogTruncated&) { return Level::info; },
                               [](const raft::MessageRefused&) { return Level::err; },
                               [](const raft::EntriesAppended&) { return Level::trace; },
                               [](const raft::CommitAdvanced&) { return Level::trace; },
                               [](const auto&) { return Level::debug; }},
                    event);
}

Level level_of(const bitcask::Event& event) {
  return std::visit(Overloaded{[](const bitcask::SegmentOpened&) { return Level::info; },
                               [](const bitcask::TornTailDropped&) { return Level::warn; },
                               [](const bitcask::RotFound&) { return Level::err; },
                               // Again and again while it lasts; the server says it (refusals.hpp).
                               [](const bitcask::NoSpace&) { return Level::debug; },
                               [](const auto&) { return Level::trace; }},
                    event);
}

}  // namespace

void start_log(std::string_view level, NodeId self) {
  auto logger = std::make_shared<spdlog::logger>("node " + std::to_string(self.value),
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %n %l: %v");
  logger->set_level(spdlog::level::from_str(std::string{level}));
  logger->flush_on(Level::trace);
  spdlog::set_default_logger(std::move(logger));
}

void log_events(std::span<const node::Event> events) {
  for (const auto& event : events) {
    const Level level =
        std::visit([](const auto& of_module) { return level_of(of_module); }, event);
    if (!spdlog::should_log(level)) continue;
    spdlog::log(level, "{}", trace::to_text(event));
  }
}

}  // namespace snowflk::real
