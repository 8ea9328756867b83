#include "tools/inspect_report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace snowflk::tools {
namespace {

using bitcask::BatchHeader;
using bitcask::file_name;
using bitcask::FileKind;
using bitcask::JudgedPiece;
using bitcask::LogJudgement;
using bitcask::Meta;
using bitcask::Piece;
using bitcask::Recovery;
using bitcask::RecoveryStep;
using bitcask::SegmentScan;
using Json = nlohmann::ordered_json;

Json piece_as_json(const SegmentScan& scan, const Piece& piece, const JudgedPiece& judged) {
  Json json;
  json["file"] = file_name({FileKind::segment, scan.header.segment});
  json["offset"] = piece.offset;
  json["bytes"] = piece.bytes;
  json["incarnation"] = scan.header.incarnation.value;
  json["batch"] = judged.sequence;
  json["class"] = name_of(judged.classification.verdict);
  json["rule"] = judged.classification.rule;
  json["standing"] = name_of(judged.standing);
  json["head"] = name_of(piece.head);
  json["body"] = name_of(piece.body);
  if (!piece.headed()) return json;
  const BatchHeader& header = piece.header;
  json["first_index"] = header.first_index;
  json["entries"] = header.count;
  json["derived"] = header.derived_count;
  json["term"] = header.term.value;
  json["vote"] = header.vote.value;
  json["commit"] = header.commit;
  json["durable_upto"] = header.durable_upto;
  if (header.trunc_from != 0) json["trunc_from"] = header.trunc_from;
  if (header.rehome()) json["kept"] = {header.kept_incarnation, header.kept_sequence};
  return json;
}

std::string piece_as_line(const SegmentScan& scan, const Piece& piece, const JudgedPiece& judged) {
  std::string line =
      fmt::format("{}  offset={:<8} batch={}/{} class={:<6} rule={}",
                  file_name({FileKind::segment, scan.header.segment}), piece.offset,
                  scan.header.incarnation.value, judged.sequence,
                  name_of(judged.classification.verdict), judged.classification.rule);
  if (!piece.headed()) return line;
  const BatchHeader& header = piece.header;
  if (header.count != 0) {
    line +=
        fmt::format(" entries={}..{}", header.first_index, header.first_index + header.count - 1);
  }
  line += fmt::format(" term={} vote={} commit={}", header.term.value, header.vote.value,
                      header.commit);
  if (header.trunc_from != 0) line += fmt::format(" trunc_from={}", header.trunc_from);
  if (header.rehome()) {
    line += fmt::format(" kept={}/{}", header.kept_incarnation, header.kept_sequence);
  }
  return line;
}

std::string_view verdict_of(const Recovery& recovery) {
  switch (recovery.step()) {
    case RecoveryStep::done: return "starts";
    case RecoveryStep::refused: return "refuses";
    case RecoveryStep::idle:
    case RecoveryStep::meta:
    case RecoveryStep::manifest:
    case RecoveryStep::segments:
    case RecoveryStep::unlisted:
    case RecoveryStep::tail:
    case RecoveryStep::failed: return "fails";
  }
  return "fails";
}

}  // namespace

std::string inspect_as_json(Recovery& recovery, const LogJudgement& judgement) {
  const Meta& meta = recovery.meta();
  Json json;
  json["verdict"] = verdict_of(recovery);
  json["reason"] = recovery.reason();
  json["cluster"] = meta.identity.cluster.value;
  json["node"] = meta.identity.node.value;
  json["generation"] = meta.generation;
  json["term"] = std::max(meta.term, judgement.term).value;
  json["entries"] = recovery.log().entries.size();
  json["commit"] = judgement.commit;
  json["witnessed"] = {judgement.witnessed.incarnation.value, judgement.witnessed.sequence};
  json["batches"] = Json::array();
  for (const JudgedPiece& judged : judgement.pieces) {
    const SegmentScan& scan = recovery.scans()[judged.segment];
    json["batches"].push_back(piece_as_json(scan, scan.pieces[judged.piece], judged));
  }
  return json.dump();
}

std::string inspect_as_text(Recovery& recovery, const LogJudgement& judgement) {
  const Meta& meta = recovery.meta();
  std::string text =
      fmt::format("node={} cluster={} generation={} term={} vote={} incarnation={}",
                  meta.identity.node.value, meta.identity.cluster.value, meta.generation,
                  meta.term.value, meta.vote.value, meta.incarnation.value);
  for (const JudgedPiece& judged : judgement.pieces) {
    const SegmentScan& scan = recovery.scans()[judged.segment];
    text += "\n" + piece_as_line(scan, scan.pieces[judged.piece], judged);
  }
  if (!recovery.reason().empty()) text += "\n" + recovery.reason();
  text += fmt::format("\nverdict={} entries={} commit={}", verdict_of(recovery),
                      recovery.log().entries.size(), judgement.commit);
  return text;
}

}  // namespace snowflk::tools
