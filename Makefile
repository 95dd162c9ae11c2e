# SPDX-License-Identifier: Apache-2.0
#
# sandboxctl: `make demo` shows it, `make check` tests it, `make` builds it, `make install` installs it.
# Every target fetches what it needs first; docs/HACKING.md tells the rest.

VERSION := 0.1.0
# Of the library: another one where programs have to be built anew.
SOVERSION := 0

# Where it goes. GNU's folders; DESTDIR stages.
prefix ?= /usr/local
bindir = $(prefix)/bin
libexecdir = $(prefix)/libexec
datadir = $(prefix)/share
mandir = $(datadir)/man
includedir = $(prefix)/include
systemdsystemunitdir = $(prefix)/lib/systemd/system
libdir = $(prefix)/lib
pkgconfigdir = $(libdir)/pkgconfig
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
# Where the program looks, whatever the prefix.
sysconfdir = /etc

# A variant is a build of its own beside the others: `make SAN=1`, `make FAILPOINTS=1`.
VARIANT := $(if $(SAN),/san)$(if $(FAILPOINTS),/failpoints)
O := build$(VARIANT)
L := $(O)/lib

# What sandboxctl and hold are linked with: musl, or the system's. At its start glibc asks the processor what it
# can do, some sixty times, and each is a trap under a hypervisor: as long as a quarter of a launch.
# All else has the system's, and so has the sanitizers' build.
LIBC ?= musl
LAUNCHER_LIBC := $(if $(SAN),system,$(LIBC))
ifeq ($(filter musl system,$(LAUNCHER_LIBC)),)
$(error LIBC=$(LIBC): it is musl or system)
endif

CC = gcc
CXX = g++
LD = ld
OBJCOPY = objcopy
MUSL_CC = musl-gcc
CLANG = clang
BPFTOOL = bpftool
PKG_CONFIG = pkg-config

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wformat=2 -Wno-format-nonliteral -Wno-format-truncation -Werror
# musl has no part in _FORTIFY_SOURCE: what was compiled so elsewhere is checked by src/libc/fortify.c.
HARDENING = -fstack-protector-strong -fPIE -D_FORTIFY_SOURCE=2
CFLAGS ?= -O2 -g
CPPFLAGS_ALL = -D_GNU_SOURCE -DSBX_VERSION='"$(VERSION)"' -I. -Isrc -Iinclude -Ibuild/bpf \
	$(if $(FAILPOINTS),-DSBX_FAILPOINTS) $(CPPFLAGS)
CFLAGS_ALL = -std=c17 $(WARNINGS) $(HARDENING) $(CFLAGS) \
	$(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -O1)
LDFLAGS_ALL = -pie -Wl,--build-id -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections $(LDFLAGS) \
	$(if $(SAN),-fsanitize=address$(comma)undefined)
comma := ,

# All cores, unless the caller says otherwise.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

# `make V=1` shows the commands.
Q := $(if $(V),,@)
say = @$(if $(V),:,printf '  %-8s %s\n' '$(1)' '$(2)')

# Loading libraries is part of the launch time: sandboxctl is linked statically as a whole. libmnl, which Debian
# has no archive of, is net-make's alone, and what is linked of everything is linked with it.
STATIC_LIBS = -lseccomp -lcap -linih -ljansson
STATIC_ARCHIVES = $(foreach l,$(STATIC_LIBS),$(call gcc_part,$(l:-l%=lib%.a)))
LIBS = -Wl,-Bstatic -lbpf -lelf -lz $(STATIC_LIBS) -Wl,-Bdynamic -lmnl
# The sanitizers' library can't be.
STATIC = $(if $(SAN),$(LDFLAGS_ALL),$(patsubst -pie,-static-pie,$(LDFLAGS_ALL)))

BPF_CFLAGS = -g -O2 -std=gnu17 -mcpu=v3 -target bpf -D__TARGET_ARCH_x86 -Wall -Wextra \
	-Wno-unused-parameter -Werror -Ibpf -idirafter /usr/include/$(shell $(CC) -dumpmachine)

ROOMS = base policy kernel lsm state launch oci lib libexec cmd
SOURCES := $(foreach room,$(ROOMS),$(wildcard src/$(room)/*.c))
HEADERS := $(wildcard src/*/*.h src/libc/*/*.h bpf/*.h include/sandboxctl/*.h)
object = $(patsubst %.c,$(O)/obj/%.o,$(1))
# The launcher's libc may be another one, so it has objects of its own.
LIBC_SOURCES := $(wildcard src/libc/*.c)
ifeq ($(LAUNCHER_LIBC),musl)
launcher_object = $(patsubst %.c,$(O)/musl/%.o,$(1) $(LIBC_SOURCES))
else
launcher_object = $(object)
endif

LSM_LOAD_SOURCES := $(wildcard src/base/*.c src/policy/*.c src/kernel/*.c src/lsm/*.c src/state/*.c \
	src/libexec/lsm-load.c src/libexec/canary.c src/libexec/own.c src/libexec/survey.c)
# Stays for as long as the service runs, so it is small: no library but libc, and that statically.
HOLD_SOURCES := $(wildcard src/base/*.c) $(addprefix src/kernel/,cgroup.c cgroup_base.c cgroup_controllers.c \
	cgroup_events.c) src/libexec/hold.c
# The skeleton is lsm-load's alone.
SANDBOXCTL_SOURCES := $(filter-out src/lsm/load.c src/lsm/variants.c src/kernel/netns_make.c src/libexec/% src/lib/%,$(SOURCES))
NET_MAKE_SOURCES := $(wildcard src/base/*.c) $(addprefix src/kernel/,netns.c netns_make.c) src/libexec/net-make.c
# What unit tests may call: everything but the mains.
LIBRARY_SOURCES := $(filter-out src/cmd/main.c src/cmd/%,$(SANDBOXCTL_SOURCES)) $(wildcard src/lib/*.c)

POLICIES := $(shell find policies -name '*.ini')
MAN_PAGES := $(wildcard docs/*.[1-8])

PROGRAMS = $(O)/bin/sandboxctl $(LIBEXEC_PROGRAMS:%=$(O)/libexec/sandboxctl/%)
LIBEXEC_PROGRAMS = lsm-load net-make init hold
LIBSANDBOXCTL = $(L)/libsandboxctl.a $(L)/libsandboxctl.so.$(VERSION) $(L)/sandboxctl.pc
INSTALLED_POLICIES = $(POLICIES:policies/%=$(O)/share/sandboxctl/policies/%)

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all deps demo check check-unit lint bench install uninstall clean format

all: $(PROGRAMS) $(LIBSANDBOXCTL) $(INSTALLED_POLICIES)

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
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

build/bpf/sandboxctl.o: $(BPF_OBJECTS)
	$(call say,BPFLINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

build/bpf/sandboxctl.skel.h: build/bpf/sandboxctl.o
	$(call say,SKELETON,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name sandboxctl_bpf > $@

# ---- the programs ----

$(O)/obj/src/lsm/load.o: build/bpf/sandboxctl.skel.h

$(O)/obj/%.o: %.c Makefile | build/deps/build
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

# Headers of the kernel and of libraries, by links: the rest of what lies beside them is another libc's. And the
# folder that musl's archive and start files are in.
MUSL := build/musl
MUSL_HEADERS := seccomp.h seccomp-syscalls.h jansson.h jansson_config.h ini.h sys/capability.h
MUSL_FOLDERS := linux asm asm-generic
gcc_part = $(shell $(CC) -print-file-name=$(1))
$(MUSL)/.done: | build/deps/build build/deps/musl
	$(call say,MUSL,$(@D))
	@rm -rf $(@D) && mkdir -p $(@D)/include/sys
	$(Q)printf '#include <%s>\n' seccomp.h jansson.h ini.h sys/capability.h $(MUSL_FOLDERS:%=%/types.h) | \
		$(CC) $(CPPFLAGS) -M -x c - | tr ' ' '\n' >$(@D)/found
	$(Q)for h in $(MUSL_HEADERS); do \
		ln -s "$$(grep -m 1 "/$$h\$$" $(@D)/found)" $(@D)/include/$$h || exit 1; \
	done
	$(Q)for d in $(MUSL_FOLDERS); do \
		ln -s "$$(sed -n "s|/$$d/types.h\$$|/$$d|p" $(@D)/found | head -n 1)" $(@D)/include/$$d || exit 1; \
	done
	$(Q)ln -s "$$($(MUSL_CC) -\#\#\# -x c /dev/null 2>&1 | tr ' ' '\n' | sed -n 's|/Scrt1.o$$||p')" $(@D)/lib
	@touch $@

$(O)/musl/%.o: %.c Makefile | $(MUSL)/.done
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) -Isrc/libc $(CPPFLAGS_ALL) $(CFLAGS_ALL) -idirafter $(MUSL)/include -MMD -MP -c $< -o $@

-include $(patsubst %.o,%.d,$(call launcher_object,$(SANDBOXCTL_SOURCES) $(HOLD_SOURCES) \
	tests/libc/agree.c))

# $(call launcher_link,FLAGS,ARCHIVES)
ifeq ($(LAUNCHER_LIBC),musl)
launcher_link = $(CC) $(CFLAGS_ALL) $(1) -nostdlib -o $@ \
	$(addprefix $(MUSL)/lib/,$(if $(filter -static-pie,$(1)),rcrt1.o,crt1.o) crti.o) \
	$(call gcc_part,$(if $(filter -static-pie,$(1)),crtbeginS.o,crtbeginT.o)) $(filter %.o,$^) $(2) $(MUSL)/lib/libc.a \
	$(call gcc_part,libgcc.a) $(call gcc_part,$(if $(filter -static-pie,$(1)),crtendS.o,crtend.o)) $(MUSL)/lib/crtn.o
else
launcher_link = $(CC) $(CFLAGS_ALL) $(1) -o $@ $(filter %.o,$^) $(2)
endif

# Which of them the programs have: `make LIBC=system` links anew, whatever is newer.
$(O)/libc: FORCE
	@mkdir -p $(@D)
	@echo $(LAUNCHER_LIBC) | cmp -s - $@ || echo $(LAUNCHER_LIBC) >$@

$(O)/bin/sandboxctl: $(call launcher_object,$(SANDBOXCTL_SOURCES)) $(O)/libc
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(call launcher_link,$(STATIC),$(STATIC_ARCHIVES))

$(O)/libexec/sandboxctl/net-make: $(call object,$(NET_MAKE_SOURCES))
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ -lmnl

$(O)/libexec/sandboxctl/lsm-load: $(call object,$(LSM_LOAD_SOURCES))
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

# One process of it runs in each sandbox: no libc, no relocations, as few pages as can be.
$(O)/libexec/sandboxctl/init: src/libexec/init.c Makefile | build/deps/build
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 $(WARNINGS) -O2 -fno-pie -fno-stack-protector -fcf-protection=none \
		-static -nostdlib -no-pie -s -Wl,--build-id=none -Wl,-z,noseparate-code \
		-Wl,-z,noexecstack -o $@ $<

$(O)/libexec/sandboxctl/hold: $(call launcher_object,$(HOLD_SOURCES)) $(O)/libc
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(call launcher_link,$(if $(SAN),$(LDFLAGS_ALL),-static $(filter-out -pie,$(LDFLAGS_ALL))))

# ---- libsandboxctl ----
#
# Its objects differ from the launcher's: they may lie anywhere, and show only what the public header
# declares. What knows the prefix is under $(L), so that another prefix needs no other build.

LIB_LIBS = -ljansson -lseccomp -lcap -linih
LIB_ROOMS = base policy kernel state
LIB_SOURCES := $(filter-out %/prefix.c,$(wildcard src/lib/*.c))
# Of these the linker takes what it needs.
LIB_PARTS := $(foreach room,$(LIB_ROOMS),$(wildcard src/$(room)/*.c))
pic = $(patsubst %.c,$(O)/pic/%.o,$(1))

$(O)/pic/%.o: %.c Makefile | build/deps/build
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fPIC -fvisibility=hidden -ffunction-sections \
		-fdata-sections -MMD -MP -c $< -o $@

-include $(patsubst %.o,%.d,$(call pic,$(LIB_SOURCES) $(LIB_PARTS)))

$(O)/pic/parts.a: $(call pic,$(LIB_PARTS))
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) crs $@ $^

# Written anew only where it says something else.
where = -DSBX_BINDIR='"$(bindir)"' -DSBX_DATADIR='"$(datadir)"'
$(L)/where: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$(subst ",\",$(where)) $(libdir) $(includedir)" | cmp -s - $@ || \
		printf '%s\n' "$(subst ",\",$(where)) $(libdir) $(includedir)" >$@
.PHONY: FORCE

$(L)/prefix.o: src/lib/prefix.c $(L)/where $(HEADERS)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(where) -fPIC -fvisibility=hidden -c $< -o $@

# In a build tree, the tree itself.
$(O)/obj/src/lib/prefix.o: CPPFLAGS_ALL += -DSBX_BINDIR='"$(CURDIR)/$(O)/bin"' \
	-DSBX_DATADIR='"$(CURDIR)/$(O)/share"'

$(L)/libsandboxctl.so.$(VERSION): $(L)/prefix.o $(call pic,$(LIB_SOURCES)) $(O)/pic/parts.a \
		src/lib/libsandboxctl.map
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) -shared -Wl,-soname,libsandboxctl.so.$(SOVERSION) \
		-Wl,--version-script=src/lib/libsandboxctl.map -Wl,--no-undefined \
		$(filter-out -pie,$(LDFLAGS_ALL)) -o $@ $(filter %.o %.a,$^) $(LIB_LIBS)

# One object, so that what is hidden can be made local: it meets no name of the program's.
$(L)/libsandboxctl.a: $(L)/prefix.o $(call pic,$(LIB_SOURCES)) $(O)/pic/parts.a
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(LD) -r -o $(L)/libsandboxctl.o $^
	$(Q)$(OBJCOPY) --localize-hidden $(L)/libsandboxctl.o
	$(Q)$(AR) crs $@ $(L)/libsandboxctl.o

$(L)/sandboxctl.pc: src/lib/sandboxctl.pc.in $(L)/where Makefile
	$(Q)sed -e 's|@prefix@|$(prefix)|' -e 's|@includedir@|$(includedir)|' \
		-e 's|@libdir@|$(libdir)|' -e 's|@version@|$(VERSION)|' \
		-e 's|@libs_private@|$(LIB_LIBS)|' $< >$@

$(O)/share/sandboxctl/policies/%: policies/%
	@mkdir -p $(@D) && cp $< $@

build/libexec/sandboxctl/wazero: contrib/packaging/wazero | build/deps/demo
	contrib/packaging/wazero $@

-include $(patsubst %.o,%.d,$(call object,$(SOURCES)))

# ---- what comes from tables: `make generate` after a change to one, and commit it ----
#
# DIR/X is made from DIR/X.in by the program of DIR/generate.c.

GENERATED := docs/sandboxctl-policy.5 contrib/completion/sandboxctl.bash \
	contrib/completion/_sandboxctl contrib/completion/sandboxctl.fish
GENERATORS = $(O)/docs/generate $(O)/contrib/completion/generate
GENERATOR_SOURCES := $(wildcard docs/*.c contrib/completion/*.c)

$(O)/docs/generate: $(call object,$(wildcard docs/*.c) $(LIBRARY_SOURCES))
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(O)/docs/%: docs/%.in $(O)/docs/generate $(POLICIES)
	$(call say,GENERATE,$@)
	$(Q)$(O)/docs/generate $< policies >$@

$(O)/contrib/completion/generate: $(call object,$(wildcard contrib/completion/*.c) \
		$(filter-out src/cmd/main.c,$(SANDBOXCTL_SOURCES)))
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(O)/contrib/completion/%: contrib/completion/%.in $(O)/contrib/completion/generate
	$(call say,GENERATE,$@)
	$(Q)$(O)/contrib/completion/generate $< >$@

-include $(patsubst %.o,%.d,$(call object,$(GENERATOR_SOURCES)))

.PHONY: generate
generate: $(GENERATED:%=$(O)/%)
	$(Q)$(foreach f,$(GENERATED),cp $(O)/$(f) $(f) &&) :

# ---- tests ----
#
# `make check` runs all; `make check T=name` one: tests/unit/name.c, tests/unit/name.t,
# tests/integration/name.t, tests/redteam/name.t or tests/systemd/name.t.

UNIT_SOURCES := $(wildcard tests/unit/*.c)
UNIT_SCRIPTS := $(wildcard tests/unit/*.t)
UNIT_TESTS := $(UNIT_SOURCES:tests/unit/%.c=$(O)/tests/%) $(UNIT_SCRIPTS:tests/unit/%.t=$(O)/tests/%)
GUEST_TESTS := $(notdir $(basename $(wildcard tests/integration/*.t tests/redteam/*.t tests/systemd/*.t)))
KERNELS := 6.1 6.12

# An installation to test, of the ordinary build in each variant.
INSTALLED := build/installed
$(INSTALLED)/.done: $(SOURCES) $(HEADERS) $(POLICIES) $(MAN_PAGES) docs/example/run.c Makefile \
		src/lib/sandboxctl.pc.in | $(if $(VARIANT),,all)
	$(Q)$(MAKE) --no-print-directory SAN= FAILPOINTS= L=build/installed-lib DESTDIR= \
		prefix=$(CURDIR)/$(INSTALLED) sysconfdir=$(CURDIR)/$(INSTALLED)/etc install \
		>$(@D).log
	@touch $@

# The example as its own first lines say to build it, and what tests the rest of the library.
EXAMPLE_CFLAGS = -std=c99 -Wall -Wextra -pedantic -Werror
installed_flags = $$(PKG_CONFIG_PATH=$(INSTALLED)/lib/pkgconfig $(PKG_CONFIG) $(1) sandboxctl)

build/demo/example-shared: docs/example/run.c $(INSTALLED)/.done
	$(call say,LINK,$@)
	$(Q)$(CC) $(EXAMPLE_CFLAGS) $< -o $@ $(call installed_flags,--cflags --libs) \
		-Wl,-rpath,$(CURDIR)/$(INSTALLED)/lib

build/demo/example-static: docs/example/run.c $(INSTALLED)/.done
	$(call say,LINK,$@)
	$(Q)$(CC) $(EXAMPLE_CFLAGS) -static $< -o $@ \
		$(call installed_flags,--static --cflags --libs)

build/demo/lib_sandboxes: tests/integration/lib_sandboxes.c $(INSTALLED)/.done
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -pthread $(WARNINGS) $< -o $@ \
		$(call installed_flags,--cflags --libs) -Wl,-rpath,$(CURDIR)/$(INSTALLED)/lib

$(O)/tests/%: tests/unit/%.c $(call object,$(LIBRARY_SOURCES) src/lsm/variants.c) | build/deps/build
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MT $@ -MF $@.d \
		-DFIXTURES_DIR='"$(CURDIR)/tests/fixtures"' \
		-DPOLICIES_DIR='"$(CURDIR)/policies"' $(LDFLAGS_ALL) -o $@ $< \
		$(call object,$(LIBRARY_SOURCES) src/lsm/variants.c) $(LIBS)

# Scripts are told where that lies which was built.
$(UNIT_SCRIPTS:tests/unit/%.t=$(O)/tests/%): $(O)/tests/%: tests/unit/%.t tests/tap.sh all \
		$(GENERATORS)
	@mkdir -p $(@D) && printf '#!/bin/sh\nO=$(O) exec $<\n' >$@ && chmod +x $@

$(O)/tests/library: $(INSTALLED)/.done

# The launcher's libc beside the system's.
AGREE_SOURCES := tests/libc/agree.c src/policy/syscalls_constants.c
$(O)/tests/libc_agree: $(O)/tests/agree-launcher $(O)/tests/agree-system
$(O)/tests/agree-launcher: $(call launcher_object,$(AGREE_SOURCES)) $(O)/libc
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(call launcher_link,$(STATIC),$(STATIC_ARCHIVES))

$(O)/tests/agree-system: $(call object,$(AGREE_SOURCES))
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^

-include $(patsubst %.o,%.d,$(call object,$(AGREE_SOURCES)))

-include $(UNIT_TESTS:%=%.d)

# What the guest's tests use: a build that can be killed at each step, the probe, a module.
GUEST_NEEDS = all build/demo/probe build/demo/soak build/demo/strict build/demo/service.wasm build/demo/filtered \
	build/libexec/sandboxctl/wazero \
	build/demo/example-shared build/demo/example-static build/demo/lib_sandboxes build/demo/keep_hooks \
	build/stage/.done build/vm/6.1/.done build/vm/6.12/.done

# What an installation brings, to be laid over a guest's files.
build/stage/.done: $(PROGRAMS) $(INSTALLED_POLICIES) build/libexec/sandboxctl/wazero \
		contrib/systemd/sandboxctl.service.in
	@rm -rf $(@D)
	$(Q)$(MAKE) --no-print-directory install prefix=/usr/local DESTDIR=$(CURDIR)/$(@D) >/dev/null
	@touch $@

build/vm/%/.done: tests/vm/kernels | build/deps/vm
	tests/vm/kernels $*
	@touch $@

.PHONY: failpoints
failpoints:
	$(Q)$(MAKE) --no-print-directory FAILPOINTS=1 all

# With both, it is also asked for leaks where its steps fail. `make check` has it from check-san.
.PHONY: sanitized
sanitized:
	$(Q)nice $(MAKE) --no-print-directory SAN=1 FAILPOINTS=1 all

.PHONY: check-one check-start check-san
ifdef T
check: check-one
else
check: check-start check-unit check-san $(KERNELS:%=check-guest-%) check-systemd
	$(Q)tests/tap --sum build/results
# What is summed has to be there, also that of the linters when both were asked for.
check: | $(if $(filter lint,$(MAKECMDGOALS)),lint)
endif

check-start:
	@rm -rf build/results && mkdir -p build/results

check-unit: $(UNIT_TESTS) check-start
	$(Q)for t in $(UNIT_TESTS); do tests/tap build/results/unit-$${t##*/} $$t; done

check-san: check-start
	$(Q)$(MAKE) --no-print-directory SAN=1 FAILPOINTS=1 all check-unit-san check-fuzz

.PHONY: check-unit-san
check-unit-san: $(UNIT_TESTS)
	$(Q)for t in $(UNIT_TESTS); do tests/tap build/results/san-$${t##*/} $$t; done

# A guest keeps about one core busy. So there are as many things beside each other as there are cores: the
# guests behind each other's back, and what needs none. tests/integration/leaks.t on 6.1 uses the build of check-san.
check-san check-guest-6.12: | check-unit
check-guest-6.1: | check-san
check-systemd: | check-guest-6.12

check-guest-%: $(GUEST_NEEDS) failpoints check-start
	$(Q)tests/tap build/results/guest-$* tests/vm/run -t 1500 -k $* -- tests/integration/run

# Of Debian 12 both: its kernel, and its systemd if that is what this machine has.
.PHONY: check-systemd
check-systemd: $(GUEST_NEEDS) check-start
	$(Q)tests/tap build/results/systemd tests/integration/run -k 6.1 -s

check-one: check-start
	$(Q)if [ -e tests/unit/$(T).c ] || [ -e tests/unit/$(T).t ]; then \
		$(MAKE) --no-print-directory $(O)/tests/$(T) && \
		tests/tap -v build/results/unit-$(T) $(O)/tests/$(T); \
	elif [ -e tests/integration/$(T).t ] || [ -e tests/redteam/$(T).t ]; then \
		$(MAKE) --no-print-directory $(GUEST_NEEDS) failpoints sanitized && \
		for k in $(KERNELS); do tests/tap -v build/results/guest-$$k \
			tests/vm/run -k $$k -- tests/integration/run $(T); done; \
	elif [ -e tests/systemd/$(T).t ]; then \
		$(MAKE) --no-print-directory $(GUEST_NEEDS) && \
		for k in $(KERNELS); do tests/tap -v build/results/systemd-$$k \
			tests/integration/run -k $$k -s $(T); done; \
	else \
		echo "make check: there is no test '$(T)'; there are: \
		$(notdir $(UNIT_TESTS)) $(GUEST_TESTS)" >&2; exit 2; \
	fi
	$(Q)tests/tap --sum build/results

# ---- fuzzing: `make fuzz SECONDS=60`, `make fuzz-NAME`; the seeds alone in `make check` ----
#
# One program for all targets: which one it is, it sees by its name.

FUZZ_TARGETS := policy $(notdir $(wildcard tests/fuzz/seeds/*))
fuzz_seeds = $(if $(filter policy,$(1)),$(wildcard tests/fixtures/policy/*/*.ini policies/*.ini \
	policies/*/*.ini),$(wildcard tests/fuzz/seeds/$(1)/*))
FUZZ_MAIN := $(filter-out %/replay.c,$(wildcard tests/fuzz/*.c))
FUZZ_SOURCES := $(FUZZ_MAIN) $(wildcard src/base/*.c src/policy/*.c src/oci/*.c)
FUZZ_FOLDERS = -DFIXTURES_DIR='"$(CURDIR)/tests/fixtures"' -DPOLICIES_DIR='"$(CURDIR)/policies"'
SECONDS ?= 60

build/fuzz/bin/all: $(FUZZ_SOURCES) tests/fuzz/fuzz.h $(HEADERS) | build/deps/fuzz
	$(call say,FUZZ,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CPPFLAGS_ALL) -std=c17 -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all $(FUZZ_FOLDERS) -o $@ $(FUZZ_SOURCES) \
		-lseccomp -lcap -linih -ljansson

$(FUZZ_TARGETS:%=build/fuzz/bin/%): build/fuzz/bin/all
	@ln -f $< $@

.PHONY: fuzz $(FUZZ_TARGETS:%=fuzz-%) check-fuzz
fuzz: $(FUZZ_TARGETS:%=fuzz-%)

# New inputs stay under build; what crashes lies there too.
$(FUZZ_TARGETS:%=fuzz-%): fuzz-%: build/fuzz/bin/%
	@mkdir -p build/fuzz/corpus/$* build/fuzz/seeds/$*
	@for f in $(call fuzz_seeds,$*); do cp $$f build/fuzz/seeds/$*/$$(echo $$f | tr / -); done
	$(Q)$< -max_total_time=$(SECONDS) -timeout=5 -max_len=8192 -print_final_stats=1 \
		-artifact_prefix=build/fuzz/$*- build/fuzz/corpus/$* build/fuzz/seeds/$* \
		2>build/fuzz/$*.log || { tail -n 60 build/fuzz/$*.log; exit 1; }
	$(Q)awk '/cov:/ { cov = $$4; corpus = $$8 } /number_of_executed_units/ { runs = $$2 } END { \
		printf "%-18s %10d inputs tried, %s edges, corpus %s\n", "$*", runs, cov, corpus \
		}' build/fuzz/$*.log

$(O)/tests/fuzz/all: $(call object,$(FUZZ_MAIN) tests/fuzz/replay.c $(LIBRARY_SOURCES))
	$(call say,TEST,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(call object,$(wildcard tests/fuzz/*.c)): CPPFLAGS_ALL += $(FUZZ_FOLDERS)

-include $(patsubst %.o,%.d,$(call object,$(wildcard tests/fuzz/*.c)))

$(FUZZ_TARGETS:%=$(O)/tests/fuzz/%): $(O)/tests/fuzz/all
	@ln -f $< $@

check-fuzz: $(FUZZ_TARGETS:%=$(O)/tests/fuzz/%)
	$(Q)$(foreach t,$(FUZZ_TARGETS),tests/tap build/results/fuzz-$(t) \
		$(O)/tests/fuzz/$(t) $(call fuzz_seeds,$(t)) &&) :

# For long: what `make check` does a sample of.
.PHONY: soak
soak: $(GUEST_NEEDS)
	for k in $(KERNELS); do tests/vm/run -c 2 -t 7200 -k $$k -- \
		env POLICIES=100 MANY=1000 ROUNDS=20 SOAK=600 SEED=$$(date +%s) MOUNTS=10000 FILES=1000000 \
		tests/integration/run explain many soak labels || exit 1; done

# ---- linters ----

C_FILES := $(wildcard src/*/*.[ch] src/libc/*/*.h bpf/*.[ch] include/*/*.h tests/*/*.[ch] docs/*.[ch] docs/*/*.[ch] \
	contrib/completion/*.[ch])
SHELL_FILES := $(wildcard .ci/run tests/tap tests/tap.sh tests/unit/*.t tests/lint/* tests/vm/kernels tests/vm/run tests/vm/standing \
	tests/integration/run tests/integration/*.sh tests/integration/*.t tests/redteam/*.t tests/systemd/*.t tests/demo/demo tests/demo/fetch-program \
	tests/bench/launch tests/bench/lsm contrib/packaging/* contrib/completion/sandboxctl.bash)
LINTERS := format layers licences messages bypasses shell generated man cppcheck tidy

lint: $(LINTERS:%=lint-%)

.PHONY: $(LINTERS:%=lint-%)
# `make check lint`: behind the tests that need no guest, and thus beside those that do.
ifneq ($(filter check,$(MAKECMDGOALS)),)
$(LINTERS:%=lint-%): | check-san
endif
lint-format: | build/deps/lint
	$(Q)tests/tap build/results/lint-format tests/lint/as-test format \
		clang-format --dry-run -Werror $(C_FILES)

lint-layers:
	$(Q)tests/tap build/results/lint-layers tests/lint/as-test layers tests/lint/layers

lint-licences:
	$(Q)tests/tap build/results/lint-licences tests/lint/as-test licences tests/lint/licences

lint-messages:
	$(Q)tests/tap build/results/lint-messages tests/lint/as-test messages tests/lint/messages

lint-bypasses:
	$(Q)tests/tap build/results/lint-bypasses tests/lint/as-test bypasses tests/lint/bypasses

lint-shell: | build/deps/lint
	$(Q)tests/tap build/results/lint-shell tests/lint/as-test shell \
		shellcheck -x -P SCRIPTDIR $(SHELL_FILES)

# What is committed is what the tables give.
lint-generated: $(GENERATED:%=$(O)/%)
	$(Q)tests/tap build/results/lint-generated tests/lint/as-test generated \
		sh -c '$(foreach f,$(GENERATED),diff -u $(f) $(O)/$(f) &&) : "make generate mends it"'

lint-man: | build/deps/lint
	$(Q)tests/tap build/results/lint-man tests/lint/as-test man tests/lint/man $(MAN_PAGES)

# It can't see that a cleanup attribute frees.
lint-cppcheck: | build/deps/lint
	$(Q)tests/tap build/results/lint-cppcheck tests/lint/as-test cppcheck \
		cppcheck --quiet --std=c11 --enable=warning,portability --error-exitcode=1 \
		--inline-suppr --suppress=missingInclude --suppress=memleak \
		--suppress=internalAstError:src/policy/types_io.c \
		'-DLIBBPF_OPTS(type, name, ...)=struct type name = {0}' '-Dtake_ptr(p)=(p)' \
		-D_GNU_SOURCE -D__x86_64__ -DSBX_VERSION='""' -DSBX_BINDIR='""' -DSBX_DATADIR='""' -I. -Isrc -Iinclude src docs contrib

lint-tidy: build/bpf/sandboxctl.skel.h | build/deps/lint
	$(Q)tests/tap build/results/lint-tidy tests/lint/as-test tidy \
		nice sh -c 'printf "%s\n" $(filter-out %/prefix.c,$(SOURCES)) $(LIBC_SOURCES) $(GENERATOR_SOURCES) | xargs -P $(shell nproc) -n 8 sh -c '"'"'clang-tidy \
		--quiet "$$@" -- -std=c17 $(subst ",\",$(subst ','',$(CPPFLAGS_ALL))) 2>/dev/null'"'"' sh'

format:
	clang-format -i $(C_FILES)

# ---- the demonstration ----

WASM_CFLAGS = --target=wasm32-wasi -std=c17 -O2 -Wall -Wextra -Werror -Wl,--strip-all,--stack-first

build/demo/service.wasm: tests/demo/service.c | build/deps/demo
	$(call say,WASM,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(WASM_CFLAGS) -o $@ $<

build/demo/bzip2.wasm: tests/demo/fetch-program tests/demo/wasi_shim.h | build/deps/demo
	$(call say,WASM,$@)
	$(Q)tests/demo/fetch-program

build/demo/probe: $(wildcard tests/demo/probe*.[ch]) src/base/str.c src/base/str.h | build/deps/build
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(WARNINGS) -Isrc -static -s -o $@ \
		$(filter %.c,$^)

build/demo/soak: $(wildcard tests/soak/*.[ch]) | build/deps/build
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(WARNINGS) -static -s -o $@ $(filter %.c,$^)

# No libc: nothing but the calls that it is about.
build/demo/strict: tests/demo/strict.c | build/deps/build
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(WARNINGS) -fno-stack-protector -static -nostdlib -s -o $@ $<

build/demo/keep_hooks: tests/integration/keep_hooks.c bpf/abi.h | build/deps/build
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE -O2 $(WARNINGS) -I. -static -s -o $@ $< -lbpf -lelf -lz

# A policy's filter and no other wall.
build/demo/filtered: tests/redteam/filtered.c $(call object,$(LIBRARY_SOURCES)) | build/deps/build
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

demo: all build/demo/probe build/demo/service.wasm build/demo/bzip2.wasm \
		build/libexec/sandboxctl/wazero
	$(Q)tests/demo/demo $(if $(K),-k $(K)) $(if $(V),-v)

# ---- benchmarks: `make bench B=launch` ----

BENCH_CFLAGS = -std=c17 -D_GNU_SOURCE -O2 $(WARNINGS) -Isrc

build/bench/noop: tests/bench/noop.c | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -static -nostdlib -s -Wl,--build-id=none \
		-Wl,-z,noseparate-code -Wl,-z,noexecstack -o $@ $<

build/bench/empty: tests/bench/empty.c | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -fPIE -static-pie -s -o $@ $<

# As sandboxctl is: at a new address each time, where an emulated guest has to translate it anew.
build/bench/floor: $(addprefix tests/bench/,floor.c floor_lsm.c floor_self.c floor_view.c floor.h) \
		bpf/abi.h | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -I. -fPIE -static-pie -s -o $@ $(filter %.c,$^)

# The same with sandboxctl's libc, to tell what of the difference is the libc's.
build/bench/floor-musl: $(addprefix tests/bench/,floor.c floor_lsm.c floor_self.c floor_view.c floor.h) \
		src/libc/words.c bpf/abi.h | build/deps/bench $(MUSL)/.done
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(MUSL_CC) -Isrc/libc $(BENCH_CFLAGS) -I. -fPIE -idirafter $(MUSL)/include -r -nostdlib -o $@.o $(filter %.c,$^)
	$(Q)$(CC) -static-pie -s -nostdlib -o $@ $(addprefix $(MUSL)/lib/,rcrt1.o crti.o) $@.o \
		$(MUSL)/lib/libc.a $(call gcc_part,libgcc.a) $(MUSL)/lib/crtn.o

build/bench/guard: tests/bench/guard.c \
		$(call object,$(wildcard src/base/*.c) $(addprefix src/,kernel/devices.c policy/devices.c)) | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -o $@ $(filter %.c %.o,$^) -lbpf

build/bench/label: tests/bench/label.c \
		$(call object,$(filter src/base/%,$(SOURCES)) $(addprefix src/lsm/,home.c lsm.c pins.c ready.c)) | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -I. -o $@ $(filter %.c %.o,$^) -lbpf

build/bench/filter: tests/bench/filter.c | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -o $@ $< -lseccomp

build/bench/interleave: tests/bench/interleave.c src/base/str.c tests/bench/samples.h | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -o $@ $(filter %.c,$^) -ljansson

build/bench/policy: tests/bench/policy.c tests/bench/samples.h \
		$(call object,$(filter src/base/% src/policy/%,$(SOURCES))) | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -o $@ $(filter %.c %.o,$^) -lseccomp -lcap -linih -ljansson

build/bench/%.bpf.o: tests/bench/%.bpf.c tests/bench/lsm_verdict.h $(wildcard bpf/*.[ch]) | build/deps/build
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

build/bench/%.skel.h: build/bench/%.bpf.o
	$(call say,SKELETON,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

build/bench/lsm_verdict: tests/bench/lsm_verdict.c tests/bench/lsm_verdict.h tests/bench/samples.h \
		build/bench/lsm_verdict.skel.h bpf/abi.h $(call object,$(filter src/base/% src/policy/% \
		src/kernel/cgroup%,$(SOURCES))) | build/deps/bench
	$(call say,LINK,$@)
	$(Q)$(CC) $(BENCH_CFLAGS) -I. -Ibuild/bench -o $@ $(filter %.c %.o,$^) -lbpf -lseccomp -lcap \
		-linih -ljansson

build/bench/lsm_empty: tests/bench/lsm_empty.c build/bench/lsm_empty.skel.h | build/deps/bench
	$(call say,LINK,$@)
	$(Q)$(CC) $(BENCH_CFLAGS) -Ibuild/bench -o $@ $< -lbpf

build/bench/opens: tests/bench/opens.c | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -static -o $@ $<

build/bench/verified: tests/bench/verified.c | build/deps/bench
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(BENCH_CFLAGS) -o $@ $< -lbpf

BENCHMARKS := launch tenants policy lsm
B ?= $(BENCHMARKS)
BENCH_PROGRAMS = $(addprefix build/bench/,noop empty floor guard label filter interleave) \
	$(if $(filter musl,$(LAUNCHER_LIBC)),build/bench/floor-musl)

# Here, and in the guest with the LSM on and all limits set, where instructions are counted: time there
# is spent on translating what is new to the emulator, and what is least used is dearest. Text on the
# terminal, JSON in build/bench.
# In turn: each of them wants the machine to itself.
bench:
	$(Q)for b in $(B); do $(MAKE) --no-print-directory bench-$$b || exit 1; done

.PHONY: $(addprefix bench-,$(BENCHMARKS))
bench-launch: all $(BENCH_PROGRAMS) build/demo/probe build/vm/6.1/.done
	tests/bench/launch -n 400 -j build/bench/launch.json
	tests/vm/run -k 6.1 -i -- sh -c \
		'tests/bench/launch -n 40 --limits 1.8,0.85 -j /run/j >&2 && cat /run/j' \
		>build/bench/launch-6.1.json

bench-tenants: all $(BENCH_PROGRAMS) build/vm/6.1/.done
	tests/bench/launch --tenants 10000
	tests/vm/run -i -t 1800 -k 6.1 -- \
		sh -c 'rm -rf /var/lib/sandboxctl /var/cache/sandboxctl; tests/bench/launch --tenants 10000'

bench-policy: all build/bench/policy
	build/bench/policy -j build/bench/policy.json build/bin/sandboxctl \
		build/share/sandboxctl/policies

# The verdict alone is measured here, for it needs no BPF LSM, and what it adds to an open in the guest.
bench-lsm: all $(addprefix build/bench/,lsm_verdict lsm_empty opens verified) build/demo/probe build/vm/6.1/.done \
		build/vm/6.12/.done
	build/bench/lsm_verdict -j build/bench/lsm.json
	tests/vm/run -i -k 6.1 -- tests/bench/lsm
	tests/vm/run -i -k 6.12 -- tests/bench/lsm

# ---- installation ----

install: all build/libexec/sandboxctl/wazero
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(libexecdir)/sandboxctl \
		$(DESTDIR)$(includedir)/sandboxctl $(DESTDIR)$(mandir) \
		$(DESTDIR)$(sysconfdir)/sandboxctl/tenants
	install -m 755 $(O)/bin/sandboxctl $(DESTDIR)$(bindir)/sandboxctl
	install -m 755 $(LIBEXEC_PROGRAMS:%=$(O)/libexec/sandboxctl/%) build/libexec/sandboxctl/wazero \
		$(DESTDIR)$(libexecdir)/sandboxctl
	sed 's|@bindir@|$(bindir)|; s|@libexecdir@|$(libexecdir)|' contrib/systemd/sandboxctl.service.in \
		>$(O)/sandboxctl.service
	install -D -m 644 $(O)/sandboxctl.service $(DESTDIR)$(systemdsystemunitdir)/sandboxctl.service
	install -m 644 include/sandboxctl/*.h $(DESTDIR)$(includedir)/sandboxctl
	install -D -m 755 $(L)/libsandboxctl.so.$(VERSION) \
		$(DESTDIR)$(libdir)/libsandboxctl.so.$(VERSION)
	ln -sf libsandboxctl.so.$(VERSION) $(DESTDIR)$(libdir)/libsandboxctl.so.$(SOVERSION)
	ln -sf libsandboxctl.so.$(SOVERSION) $(DESTDIR)$(libdir)/libsandboxctl.so
	install -m 644 $(L)/libsandboxctl.a $(DESTDIR)$(libdir)/libsandboxctl.a
	install -D -m 644 $(L)/sandboxctl.pc $(DESTDIR)$(pkgconfigdir)/sandboxctl.pc
	for f in $(POLICIES:policies/%=%); do \
		install -D -m 644 policies/$$f $(DESTDIR)$(datadir)/sandboxctl/policies/$$f || exit 1; \
	done
	for f in $(MAN_PAGES); do \
		install -D -m 644 $$f $(DESTDIR)$(mandir)/man$${f##*.}/$${f##*/} || exit 1; \
	done
	install -D -m 644 contrib/completion/sandboxctl.bash $(DESTDIR)$(bashcompletiondir)/sandboxctl
	install -D -m 644 contrib/completion/_sandboxctl $(DESTDIR)$(zshcompletiondir)/_sandboxctl
	install -D -m 644 contrib/completion/sandboxctl.fish \
		$(DESTDIR)$(fishcompletiondir)/sandboxctl.fish

uninstall:
	rm -f $(DESTDIR)$(bindir)/sandboxctl $(DESTDIR)$(systemdsystemunitdir)/sandboxctl.service \
		$(addprefix $(DESTDIR)$(mandir)/man,$(foreach \
		f,$(MAN_PAGES),$(subst .,,$(suffix $(f)))/$(notdir $(f)))) \
		$(DESTDIR)$(bashcompletiondir)/sandboxctl \
		$(DESTDIR)$(zshcompletiondir)/_sandboxctl \
		$(DESTDIR)$(fishcompletiondir)/sandboxctl.fish \
		$(DESTDIR)$(libdir)/libsandboxctl.so $(DESTDIR)$(libdir)/libsandboxctl.so.$(SOVERSION) \
		$(DESTDIR)$(libdir)/libsandboxctl.so.$(VERSION) \
		$(DESTDIR)$(libdir)/libsandboxctl.a $(DESTDIR)$(pkgconfigdir)/sandboxctl.pc
	rm -rf $(DESTDIR)$(libexecdir)/sandboxctl $(DESTDIR)$(datadir)/sandboxctl \
		$(DESTDIR)$(includedir)/sandboxctl

clean:
	rm -rf build
