# SPDX-License-Identifier: Apache-2.0
#
# sandboxctl: `make demo` shows it, `make check` tests it, `make` builds it, `make install` installs it.
# Every target fetches what it needs first; docs/HACKING.md tells the rest.

VERSION := 0.1.0

# Where it goes. GNU's folders; DESTDIR stages.
prefix ?= /usr/local
bindir = $(prefix)/bin
libexecdir = $(prefix)/libexec
datadir = $(prefix)/share
mandir = $(datadir)/man
includedir = $(prefix)/include

# A variant is a build of its own beside the others: `make SAN=1`, `make FAILPOINTS=1`.
VARIANT := $(if $(SAN),/san)$(if $(FAILPOINTS),/failpoints)
B := build$(VARIANT)

CC = gcc
CLANG = clang
BPFTOOL = bpftool
PKG_CONFIG = pkg-config

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wformat=2 -Wno-format-nonliteral -Wno-format-truncation -Werror
HARDENING = -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2
CFLAGS ?= -O2 -g
CPPFLAGS_ALL = -D_GNU_SOURCE -DSBX_VERSION='"$(VERSION)"' -I. -Isrc -Iinclude -Ibuild/bpf \
	$(if $(FAILPOINTS),-DSBX_FAILPOINTS) $(CPPFLAGS)
CFLAGS_ALL = -std=c17 $(WARNINGS) $(HARDENING) $(CFLAGS) \
	$(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -O1)
LDFLAGS_ALL = -pie -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections $(LDFLAGS) \
	$(if $(SAN),-fsanitize=address$(comma)undefined)
comma := ,

# Loading libraries is part of the launch time: all are linked statically but libc and libmnl, which
# Debian has no archive of.
STATIC_LIBS = -lbpf -lelf -lz -lseccomp -lcap -linih -ljansson
LIBS = -Wl,-Bstatic $(STATIC_LIBS) -Wl,-Bdynamic -lmnl

BPF_CFLAGS = -g -O2 -std=gnu17 -mcpu=v3 -target bpf -D__TARGET_ARCH_x86 -Wall -Wextra \
	-Wno-unused-parameter -Werror -Ibpf -idirafter /usr/include/$(shell $(CC) -dumpmachine)

ROOMS = base policy kernel lsm state launch libexec cmd
SOURCES := $(foreach room,$(ROOMS),$(wildcard src/$(room)/*.c))
HEADERS := $(wildcard src/*/*.h bpf/*.h include/sandboxctl/*.h)
object = $(patsubst %.c,$(B)/obj/%.o,$(1))

LSM_LOAD_SOURCES := $(wildcard src/base/*.c src/policy/*.c src/kernel/*.c src/lsm/*.c src/state/*.c \
	src/libexec/*.c)
# The skeleton is lsm-load's alone.
SANDBOXCTL_SOURCES := $(filter-out src/lsm/load.c src/libexec/%,$(SOURCES))
# What unit tests may call: everything but the mains.
LIBRARY_SOURCES := $(filter-out src/cmd/main.c src/cmd/% src/libexec/lsm-load.c,$(SANDBOXCTL_SOURCES))

POLICIES := $(shell find policies -name '*.ini')
MAN_PAGES := $(wildcard docs/*.[1-8])

PROGRAMS = $(B)/bin/sandboxctl $(B)/libexec/sandboxctl/lsm-load
INSTALLED_POLICIES = $(POLICIES:policies/%=$(B)/share/sandboxctl/policies/%)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all deps demo check check-unit check-guest lint bench install uninstall clean format

all: $(PROGRAMS) $(INSTALLED_POLICIES)

# ---- what the machine needs ----

deps:
	contrib/packaging/deps
	tests/vm/kernels
	contrib/packaging/wazero

# One stamp a group, so that a build that needs nothing asks nothing.
build/deps/%: contrib/packaging/deps
	contrib/packaging/deps $*
	@mkdir -p $(@D) && touch $@

# ---- the kernel side: objects, one linked object, one skeleton ----

BPF_SOURCES := $(wildcard bpf/*.bpf.c)
BPF_OBJECTS := $(BPF_SOURCES:bpf/%.c=build/bpf/%.o)

build/bpf/%.bpf.o: bpf/%.bpf.c $(wildcard bpf/*.h) Makefile | build/deps/build
	@mkdir -p $(@D)
	$(CLANG) $(BPF_CFLAGS) -c $< -o $@

build/bpf/sandboxctl.o: $(BPF_OBJECTS)
	$(BPFTOOL) gen object $@ $^

build/bpf/sandboxctl.skel.h: build/bpf/sandboxctl.o
	$(BPFTOOL) gen skeleton $< name sandboxctl_bpf > $@

# ---- the programs ----

$(B)/obj/src/lsm/load.o: build/bpf/sandboxctl.skel.h

$(B)/obj/%.o: %.c Makefile | build/deps/build
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(B)/bin/sandboxctl: $(call object,$(SANDBOXCTL_SOURCES))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(B)/libexec/sandboxctl/lsm-load: $(call object,$(LSM_LOAD_SOURCES))
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(B)/share/sandboxctl/policies/%: policies/%
	@mkdir -p $(@D)
	cp $< $@

build/libexec/sandboxctl/wazero: contrib/packaging/wazero | build/deps/demo
	contrib/packaging/wazero $@

-include $(patsubst %.o,%.d,$(call object,$(SOURCES)))

# ---- tests ----


# ---- installation ----

install: all build/libexec/sandboxctl/wazero
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(libexecdir)/sandboxctl \
		$(DESTDIR)$(includedir)/sandboxctl $(DESTDIR)$(mandir)
	install -m 755 $(B)/bin/sandboxctl $(DESTDIR)$(bindir)/sandboxctl
	install -m 755 $(B)/libexec/sandboxctl/lsm-load build/libexec/sandboxctl/wazero \
		$(DESTDIR)$(libexecdir)/sandboxctl
	install -m 644 include/sandboxctl/*.h $(DESTDIR)$(includedir)/sandboxctl
	for f in $(POLICIES:policies/%=%); do \
		install -D -m 644 policies/$$f $(DESTDIR)$(datadir)/sandboxctl/policies/$$f || exit 1; \
	done
	for f in $(MAN_PAGES); do \
		install -D -m 644 $$f $(DESTDIR)$(mandir)/man$${f##*.}/$${f##*/} || exit 1; \
	done

uninstall:
	rm -f $(DESTDIR)$(bindir)/sandboxctl $(addprefix $(DESTDIR)$(mandir)/man,$(foreach \
		f,$(MAN_PAGES),$(subst .,,$(suffix $(f)))/$(notdir $(f))))
	rm -rf $(DESTDIR)$(libexecdir)/sandboxctl $(DESTDIR)$(datadir)/sandboxctl \
		$(DESTDIR)$(includedir)/sandboxctl

clean:
	rm -rf build
