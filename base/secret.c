#include "base/secret.h"

void
secret_wipe(void *p, size_t len)
{
	volatile uint8_t *v = p;
	while (len-- > 0)
		*v++ = 0;
}

bool
secret_eq(const void *a, const void *b, size_t len)
{
	const uint8_t *x = a, *y = b;
	volatile uint8_t differ = 0;
	for (size_t i = 0; i < len; i++)
		differ = (uint8_t)(differ | (x[i] ^ y[i]));
	return differ == 0;
}
