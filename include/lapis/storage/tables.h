// The first byte of every metadata key says whose table the row is in (docs/formats.md).
#pragma once

#include <cstdint>

namespace lapis::storage {

enum class Table : std::uint8_t {
  // MetaStore's own.
  kStore = 0x01,  // format version, store uuid, epoch, commit sequence, next id
  // ChunkStore's own.
  kChunk = 0x10,       // chunk id -> length, places, unit checksums, references
  kExtent = 0x11,      // path id, extent id -> size, state, generation
  kPath = 0x12,        // path id -> uuid, pool
  kChunkRange = 0x13,  // the reserved range of chunk ids
  kHeat = 0x14,        // chunk id -> when it was last used, and the paths that it lies on
  kCold = 0x15,        // path id, rank, hour, chunk id -> empty: a path's chunks, coldest first
  kDamage = 0x16,      // chunk id -> what scrub or a read found damaged
  kScrub = 0x17,       // where scrub is
  // The blob module's.
  kContainerName = 0x20,      // account, 0, container name -> container record
  kContainerState = 0x21,     // container id -> live, or deleted and waiting for the sweeper
  kBlob = 0x22,               // container id, name, 0, suffix -> blob record or upload record
  kStagedBlock = 0x23,        // container id, upload id, block id -> staged block
  kSegment = 0x24,            // container id, segment id -> part of a large blob's block map
  kRelease = 0x25,            // container id, id -> what waits to be released
  kBlockBytes = 0x26,         // container id, id -> the bytes of one short block
  kServiceProperties = 0x27,  // account -> what its owner set for the Blob service
  kHint = 0x28,               // container id, name -> its access tier asks for other ranks
  kSharedBody = 0x29,         // container id, body id -> how many rows hold the body
  kBlockOwner = 0x2a,         // chunk or row of bytes, body id -> empty: one of several owners
  kPageStripe = 0x2b,         // container id, page map, stripe, generation -> its pages
  kTag = 0x2c,                // container id, key, value, blob name -> empty: the index of tags
  kServiceClock = 0x2e,       // how far the clock of leases has run
  kExpiry = 0x2f,             // time, what was deleted -> empty: until when it is kept
  kDeletedContainer = 0x30,   // account, 0, name, 0, when it was deleted -> container record
  kPageMap = 0x31,            // container id, page map -> its generations
  kLoan = 0x32,               // container id, body id, borrower, its body id -> body as lent
  kPendingCopy = 0x33,        // copy id -> what is copied where, until it is done
};

}  // namespace lapis::storage
