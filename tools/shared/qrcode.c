#include "tools/shared/qrcode.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>

enum { VERSION_MAX = 40, TEXT_MAX = 4296 };

/* ISO/IEC 18004 table 7, alphanumeric capacity at level M. */
static const uint16_t capacity[VERSION_MAX] = { 20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600, 656, 734, 816,
	909, 970, 1035, 1134, 1248, 1326, 1451, 1542, 1637, 1732, 1839, 1994, 2113, 2238, 2369, 2506, 2632, 2780, 2894, 3054, 3220, 3391 };

unsigned
qrcode_version(size_t len)
{
	for (unsigned v = 1; v <= VERSION_MAX; v++)
		if (len <= capacity[v - 1])
			return v;
	return 0;
}

enum status
qrcode_make(struct bytes text, struct qrcode *out, struct err *err)
{
	if (text.len > TEXT_MAX)
		return err_set(err, ERR_LIMIT, "a text of %zu characters fits no QR code", text.len);
	/* one segment in alphanumeric mode: libqrencode's own splitting takes no hint of it */
	QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
	QRcode *q = NULL;
	if (input != NULL && QRinput_append(input, QR_MODE_AN, (int)text.len, text.ptr) == 0)
		q = QRcode_encodeInput(input);
	int why = errno;
	QRinput_free(input);
	if (q == NULL)
		return err_set(err, why == ERANGE ? ERR_LIMIT : ERR_ARGUMENT, "no QR code could be made of %zu characters: too many, or not all of 0-9 A-Z "
		    "$%%*+-./: and space", text.len);
	size_t n = (size_t)q->width * (size_t)q->width;
	struct qrcode made = { .version = (unsigned)q->version, .width = (unsigned)q->width, .dark = malloc(n) };
	for (size_t i = 0; made.dark != NULL && i < n; i++)
		made.dark[i] = q->data[i] & 1;
	QRcode_free(q);
	if (made.dark == NULL)
		return err_set(err, ERR_SYSTEM, "out of memory");
	*out = made;
	return OK;
}

void
qrcode_free(struct qrcode *q)
{
	free(q->dark);
	q->dark = NULL;
}
