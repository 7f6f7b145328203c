#include "tools/shared/jpeg.h"

#include "base/limits.h"

enum { MARK = 0xff, SOI = 0xd8, EOI = 0xd9, SOS = 0xda, SOF_BASELINE = 0xc0, SOF_EXTENDED = 0xc1, SOF_PROGRESSIVE = 0xc2,
	DHT = 0xc4, JPG = 0xc8, DAC = 0xcc, RST_FIRST = 0xd0, TEM = 0x01, FRAME_LEN_MIN = 6 };

struct segment { uint8_t marker; struct bytes content; };

static bool
is_frame(uint8_t marker)
{
	return (marker & 0xf0) == 0xc0 && marker != DHT && marker != JPG && marker != DAC;
}

/* Markers that stand alone; none of them belongs between SOI and the frame. */
static bool
has_no_length(uint8_t marker)
{
	return marker == TEM || marker == 0x00 || (marker >= RST_FIRST && marker <= EOI);
}

/* B.1.1.2: any number of FF fill bytes, the marker, then a length that counts its own two bytes. */
static enum status
next_segment(struct bytes *left, struct segment *out, struct err *err)
{
	size_t i = 0;
	while (i < left->len && left->ptr[i] == MARK)
		i++;
	if (i == 0 || left->len - i < 3)
		return err_set(err, ERR_FORMAT, "its headers are damaged or cut off");
	out->marker = left->ptr[i];
	if (has_no_length(out->marker))
		return err_set(err, ERR_FORMAT, "its headers are damaged: marker %02x before the frame", out->marker);
	size_t len = (size_t)left->ptr[i + 1] << 8 | left->ptr[i + 2];
	if (len < 2 || len > left->len - i - 1)
		return err_set(err, ERR_FORMAT, "its headers are damaged or cut off");
	out->content = (struct bytes){ left->ptr + i + 3, len - 2 };
	left->ptr += i + 1 + len;
	left->len -= i + 1 + len;
	return OK;
}

/* B.2.2: precision, height, width, components. */
static enum status
read_frame(const struct segment *s, struct jpeg *out, struct err *err)
{
	const uint8_t *p = s->content.ptr;
	if (s->content.len < FRAME_LEN_MIN || s->content.len != FRAME_LEN_MIN + 3u * p[5])
		return err_set(err, ERR_FORMAT, "its frame header is damaged");
	if (s->marker != SOF_BASELINE && s->marker != SOF_EXTENDED && s->marker != SOF_PROGRESSIVE)
		return err_set(err, ERR_FORMAT, "it is a lossless or arithmetic JPEG, which browsers and phones do not show; save it as an ordinary one");
	if (p[0] != 8)
		return err_set(err, ERR_FORMAT, "it has %u bits for each colour; 8 were wanted", p[0]);
	if (p[5] != 1 && p[5] != 3)
		return err_set(err, ERR_FORMAT, "it has %u colour components (CMYK has 4); save it in RGB or grey", p[5]);
	struct jpeg j = { .height = (unsigned)p[1] << 8 | p[2], .width = (unsigned)p[3] << 8 | p[4], .components = p[5],
		.progressive = s->marker == SOF_PROGRESSIVE };
	if (j.width == 0 || j.height == 0)
		return err_set(err, ERR_FORMAT, "it has no width or no height");
	*out = j;
	return OK;
}

enum status
jpeg_read(struct bytes file, struct jpeg *out, struct err *err)
{
	if (file.len < 4 || file.ptr[0] != MARK || file.ptr[1] != SOI)
		return err_set(err, ERR_FORMAT, "it is no JPEG picture, whatever its name says");
	if (file.ptr[file.len - 2] != MARK || file.ptr[file.len - 1] != EOI)
		return err_set(err, ERR_FORMAT, "it does not end as a JPEG picture does: cut off, or something stands behind it");
	struct bytes left = { file.ptr + 2, file.len - 4 };
	for (size_t n = 0; n < PORTRAIT_SEGMENTS_MAX; n++) {
		struct segment s = { .marker = 0 };
		enum status st = next_segment(&left, &s, err);
		if (st)
			return st;
		if (is_frame(s.marker))
			return read_frame(&s, out, err);
		if (s.marker == SOS)
			return err_set(err, ERR_FORMAT, "its headers are damaged: a scan before the frame");
	}
	return err_set(err, ERR_FORMAT, "more than %u header segments stand before the picture", PORTRAIT_SEGMENTS_MAX);
}

enum status
portrait_check(struct bytes file, struct err *err)
{
	struct jpeg j;
	if (file.len < PORTRAIT_LEN_MIN || file.len > PORTRAIT_LEN_MAX)
		return err_set(err, ERR_LIMIT, "it has %zu bytes; %u to %u were wanted", file.len, PORTRAIT_LEN_MIN, PORTRAIT_LEN_MAX);
	enum status st = jpeg_read(file, &j, err);
	if (st)
		return st;
	unsigned least = j.width < j.height ? j.width : j.height, most = j.width > j.height ? j.width : j.height;
	if (least < PORTRAIT_SIDE_MIN || most > PORTRAIT_SIDE_MAX)
		return err_set(err, ERR_LIMIT, "it is %u x %u pixels; each side must have %u to %u", j.width, j.height, PORTRAIT_SIDE_MIN,
		    PORTRAIT_SIDE_MAX);
	return OK;
}
