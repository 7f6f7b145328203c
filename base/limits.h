/* limits.h -- every limit, each with its reason.  Tested at the limit and one past it. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* A credential of the longest names measured is under 420 bytes; a QR code of
 * version 40-M holds about 2,100 bytes of Base32; twice a large token is enough. */
#define TOKEN_LEN_MAX 2048u
#define QR_TEXT_LEN_MAX 4096u            /* prefix + Base32 of TOKEN_LEN_MAX, with white space around */
#define QR_PREFIX_LEN_MAX 26u            /* docs/formats.md 4 */
#define STATUS_URI_LEN_MAX 26u           /* docs/formats.md 3 */

#define CBOR_DEPTH_MAX 8u                /* docs/formats.md 1 */
#define CBOR_ITEMS_MAX 65536u            /* more items than any object of ours can hold */
#define CBOR_RELAXED_PAIRS_MAX 64u       /* a map in any order is searched for duplicates pair by pair */

#define NAME_LEN_MAX 192u                /* bytes of a person's or body's name: 64 Chinese characters */
#define POST_LEN_MAX 96u
#define NUMBER_LEN_MAX 32u               /* certificate number */
#define USCC_LEN 18u                     /* GB 32100-2015 */
#define IDNUMBER_LEN 18u                 /* GB 11643-1999 */
#define FIELDS_MAX 16u                   /* enforcement fields of one certificate */
#define ISS_LEN_MAX 6u                   /* digits of a division code */

#define PRESENTATION_LIFETIME_MAX_S 300  /* docs/formats.md 10: exp in (iat, iat + 300] */
#define NONCE_LEN_MIN 8u                 /* RFC 9711 4.1: a nonce has 8 to 64 bytes */
#define NONCE_LEN_MAX 64u
#define AUDIENCE_LEN_MAX 64u             /* a web origin or a credit code; a live code must stay under QR version 22 */
#define GROUP_MEMBERS_MAX 32u            /* officers judged together; a joint inspection of 16 bodies */
#define REPLAY_ENTRIES_MAX (1u << 20)    /* 1,000 live codes a second, each kept 2 x 300 s, is 600,000 */

#define STATUS_LIST_BITS_LOG2_MAX 20u    /* 2^20 indices in one list (docs/formats.md 5) */
#define STATUS_LIST_LEN_MAX (4u << 20)   /* encoded list: 2^20 x 8 bits incompressible, and some */

#define CERTIFICATE_DER_LEN_MAX 4096u
#define TRUST_ENTRIES_MAX 64u            /* keys of one root over its whole life */
#define TRUST_TYPS_MAX 8u
#define TRUST_PREFIXES_MAX 8u
#define TRUST_LIST_LEN_MAX (256u << 10)
#define TRUST_ROOTS_MAX 16u              /* pinned roots of one verifier */
#define BUNDLE_LISTS_MAX 512u            /* 50 million credentials in lists of 2^18 is 191 */
#define MEMORY_ITEMS_MAX 1024u           /* rollback memory: a full bundle's lists, and as many that later bundles left out */
#define BUNDLE_LEN_MAX (256u << 20)

#define PORTRAIT_LEN_MIN 2048u           /* bytes: a face of 100 x 100 pixels that can be recognised is larger */
#define PORTRAIT_LEN_MAX (512u << 10)    /* a photographer's JPEG for an identity photograph is 20 to 300 KiB */
#define PORTRAIT_SIDE_MIN 100u           /* pixels: below it a face cannot be compared */
#define PORTRAIT_SIDE_MAX 2000u          /* a camera's whole picture was not cut to size; and a reader's memory is bounded */
#define PORTRAIT_SEGMENTS_MAX 128u       /* JPEG header segments looked at before the frame header; common files have under 20 */
#define PORTRAITS_MAX (1u << 20)         /* pictures in one pack: four times the province */

#define CLOCK_TOLERANCE_S 300            /* nbf, iat; never exp or status (docs/formats.md 8) */

#define RECORD_LEN_MAX 3072u             /* a table record, encoded */
#define EVENT_LEN_MAX 8192u              /* a journal event, encoded */
#define OPERATOR_LEN_MAX 64u
#define STANDING_CHANGES_MAX 16u         /* status changes kept in one record; older ones are folded */
#define MATTERS_LEN_MAX 768u             /* matters and authority of an entrustment: 256 Chinese characters each, the rest is in the document */
#define GROUND_LEN_MAX 256u              /* legal ground, deciding organ, document number: each */

#define OPERATOR_KEY_LEN_MAX 128u        /* SubjectPublicKeyInfo of P-256, Ed25519 or SM2 is 44 to 91 bytes */
#define PROPOSAL_SUBJECTS_MAX 180u       /* certificates in one proposal: at their longest (32 bytes) they fit one event */
#define PROPOSAL_ACTION_LEN_MAX 7168u    /* what is proposed, encoded; with signature and envelope within EVENT_LEN_MAX */
#define PROPOSAL_LIFETIME_MAX_S (90 * 86400) /* nobody remembers after a quarter why something was proposed */
#define PROPOSALS_OPEN_MAX 1024u         /* waiting at once: more than two people read in a day */
#define KEY_COMMAND_LEN_MAX 512u         /* a change of keys, as it was typed */

#define SITE_LEN_MAX 96u                 /* where a check was made: 32 Chinese characters */
#define PURPOSE_LEN_MAX 192u             /* what it was made for, a case or inspection number: 64 Chinese characters */
#define SITELOG_RECORD_LEN_MAX 437u      /* a record with everything at its longest */
#define SITELOG_TORN_LEN_MAX (64u << 20) /* unfinished bytes moved aside after a power cut: more than any one list leaves */

#define SHEET_CELL_LEN_MAX (128u << 10)  /* one cell: Excel's own limit is 32,767 characters, at most 131,068 bytes */
#define SHEET_COLUMNS_MAX 128u           /* offices' lists have 10 to 40 */
#define ZIP_RATIO_MAX 250u               /* bytes out for a byte in, past the first 16 MiB: sheets make 10 to 60; deflate can 1032 */
#define ZIP_ENTRIES_MAX (1u << 21)       /* portraits of eight provinces; a workbook has a dozen */
#define XML_DEPTH_MAX 32u                /* a sheet nests 6 to 10 elements */
#define XML_TOKEN_LEN_MAX (1u << 20)     /* one tag with its attributes: the longest seen, merged ranges, has under 1 KiB */
#define XLSX_PART_LEN_MAX (4ull << 30)   /* XML of one sheet, unpacked: 1,048,576 rows of 30 columns are 2 GB */
#define XLSX_SMALL_PART_LEN_MAX (64u << 20)  /* workbook, relations, styles: usually under 100 KiB */
#define XLSX_STRINGS_MAX (1u << 24)      /* shared strings: every cell of 1,048,576 rows of 16 columns another */
#define XLSX_STRINGS_LEN_MAX (1u << 30)  /* all of them, as they are kept in memory */
#define XLSX_SHEETS_MAX 256u             /* looked at in one workbook */
#define XLSX_STYLES_MAX 65536u           /* Excel's own limit is 65,490 */
#define MAPPING_LINES_MAX 256u           /* twice the columns a file may have */
#define SHEET_ROWS_MAX (1u << 24)        /* in one file: 77 times the province */
#define IMPORT_LEN_MAX (4ull << 30)      /* one spreadsheet file; 10x the province is 0.6 GB */

#define STORE_MAP_BYTES (64ull << 30)    /* address space, not disk: 50 million credentials need 60 GB */
#define ARCHIVE_RECORD_MAX (64u << 10)   /* a record of a backup: an event is 8 KiB, a file's piece 32 KiB; a block is at most twice as large */
#define BACKUP_PIECE_LEN (32u << 10)
#define BACKUP_NAME_LEN_MAX 200u         /* roots/ended/<16 digits>/keys/former/receipt-<16 digits>.cert.pem has 75 */
#define BACKUP_FILE_LEN_MAX (16u << 20)  /* the largest file of a home is a trust list (256 KiB) or a portrait (512 KiB) */
#define BACKUP_PROGRAM_LEN_MAX 32u
#define AUDIT_MEMORY_MAX (1024u << 20)   /* private memory of an audit: a scratch transaction of 16,384 events dirties 160 MB of pages at most */
#define HTTP_BODY_LEN_MAX (64u << 10)

#define PASSPHRASE_CHARACTERS_MIN 12u    /* four to five words; fewer are guessed in spite of the slow derivation */
#define PASSPHRASE_LEN_MAX 1024u         /* bytes; nobody types more, and a file that holds more is not a passphrase */
#define WRAPPED_LEN_MAX 256u             /* a wrapped key's file: 150 bytes, and some */
#define SCRYPT_LOG2_MIN 10u              /* below it scrypt costs a guesser nothing (RFC 7914's least example) */
#define SCRYPT_LOG2_MAX 20u              /* 1 GiB of memory: what a damaged or malicious file may make us take */
#define SCRYPT_BLOCK 8u                  /* RFC 7914 2: r = 8 suits current machines; the memory is 128 x r x N bytes */
#define SCRYPT_LANES_MAX 16u
#define PBKDF2_ITERATIONS_MIN 1024u      /* GM/T 0091-2020 */
#define PBKDF2_ITERATIONS_MAX 10000000u  /* eight seconds */

/* Pictures (tools/picture/): what decoding may cost is bounded before a byte is decoded. */
#define PICTURE_FILE_LEN_MAX (32u << 20) /* the photographs of phones are 2 to 20 MB; a screenshot in PNG less */
#define PICTURE_SIDE_MAX 12000u          /* the longer side of a 108-megapixel camera's picture */
#define PICTURE_PIXELS_MAX (64u << 20)   /* a 64-megapixel phone; one byte each here, two to five with scratch memory */
#define PICTURE_JPEG_SCANS_MAX 100u      /* encoders write about ten; each costs a pass over the whole picture */
#define PICTURE_CODES_MAX 128u           /* a sheet of ten by ten cards, and some */
#define PICTURE_TEXT_LEN_MAX 7089u       /* ISO/IEC 18004: digits in a code of version 40-L, the longest text there is */
#define PICTURE_MEMORY_MAX (512u << 20)  /* address space: 64 megapixels of progressive 4:2:0 JPEG take 267 MB resident */
#define PICTURE_CPU_S 20u                /* 64 megapixels of noise, all four searches: 9.3 s measured (docs/decisions/009) */
#define PICTURE_WAIT_S 30u               /* the same on a busy computer, by the clock on the wall */

#endif
